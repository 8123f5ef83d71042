from . import member_cards
