"""Whatever an order causes to be done later is shown to its page's staff when it cannot be done."""

from sqlalchemy import select

from shop.checkout.desk import guest_buyer
from shop.checkout.refunds import refund_order
from shop.core.outbox import Job
from tests.checkout.conftest import Shop


class TestJobsOfAnOrder:
    def test_name_the_page(self, make_shop) -> None:
        shop: Shop = make_shop(contact_email="shop@lumen.example")
        started = shop.buy(guest_buyer("visitor"))
        session_id = shop.session_id(started)
        shop.gateway.pay(session_id)
        shop.tell_session("checkout.session.completed", session_id)
        with shop.database.transaction() as session:
            refund_order(session, order_id=started.order_id, now=shop.clock.now(), account_id=None)
        with shop.database.reading() as session:
            jobs = session.scalars(select(Job).order_by(Job.id)).all()
        assert [job.kind for job in jobs] == ["settle_order", "send_mail", "send_mail", "ask_refund"]
        assert {job.page_id for job in jobs} == {shop.page.id}
