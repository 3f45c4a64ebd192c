"""The developer's rooms under ``/test-mode``; they exist only when ``TEST_MODE_ROOMS`` is on."""
