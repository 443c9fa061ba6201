"""What an experiment hands over."""

import json

from app.domain.delivery import Member


def test_a_member_comes_back_from_json():
    member = Member("trial 12", 0.4, trial_id=90, number=12, epochs=35)

    text = json.dumps(member.to_document())

    assert Member.from_document(json.loads(text)) == member
