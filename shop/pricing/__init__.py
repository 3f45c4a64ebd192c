"""Pure: lines, discounts, tax and shipping to totals."""
