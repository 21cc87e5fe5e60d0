"""The form for what a customer says of an order that arrived (SOP 6.c)."""

from __future__ import annotations

from django import forms

from aftersales.listening import LONGEST, MOST_STARS, Answer
from orders.forms.contact import ContactForm

INTACT = [("yes", "完好"), ("no", "有破损、少了或不对")]
STARS = [(str(stars), f"{stars} 星") for stars in range(MOST_STARS, 0, -1)]


class FeedbackForm(ContactForm):
    """Is it intact, how many stars, and the customer's own words."""

    intact = forms.ChoiceField(label="商品完好吗", choices=INTACT, widget=forms.RadioSelect)
    stars = forms.ChoiceField(label="买家打几星", choices=STARS, widget=forms.RadioSelect)
    text = forms.CharField(
        label="买家的话", required=False, max_length=LONGEST, widget=forms.Textarea
    )

    def answer(self) -> Answer:
        values = self.cleaned_data
        return Answer(values["intact"] == "yes", int(values["stars"]), values["text"])
