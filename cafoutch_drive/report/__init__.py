from . import member_cards, papers
