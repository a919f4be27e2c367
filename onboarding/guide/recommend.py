"""Create an account or sign in, and with which email? The rule of SPEC 2.1, without a database.

`answers.read` turns a query into facts, `questions.next_question` says what to ask now, and
`recommend` gives the answer in words.
"""

from onboarding.guide.rules.facts import Facts
from onboarding.guide.rules.rule import decide
from onboarding.guide.texts.recommendation import Recommendation, in_words


def recommend(facts: Facts) -> Recommendation:
    """One recommendation for every combination of facts; never raises (SPEC 2.1)."""
    return in_words(decide(facts), facts)
