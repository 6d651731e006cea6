"""The online store on a real Redis."""

import pytest

from sports_platform.core.errors import MissingDataError, ServiceDownError
from sports_platform.core.settings import Endpoints, Settings
from sports_platform.core.weeks import Week
from sports_platform.features.online import push_latest, read_vector
from sports_platform_tests.features.conftest import Built, Lake

WEEK, LAST = Week(2021, 2), Week(2021, 3)


@pytest.fixture
def online(lake: Lake, settings: Settings) -> Settings:
    """The stage's home with the session's (emptied) Redis."""
    lake.settings.stage_dir("services")
    lake.settings.endpoints_file.write_text(settings.endpoints_file.read_text())
    return lake.settings


def test_vectors_are_those_of_the_feature_rows(lake: Lake, built: Built, online: Settings) -> None:
    domain = built.domain
    context = lake.read(domain, "game_context", LAST).to_pylist()[0]
    assert push_latest(online, domain, LAST) == 4 * (1 + 9)  # a team: itself, its quarterback, 6 receivers, 2 backs

    team = read_vector(online, domain, "team", context["posteam"])
    assert team.week == LAST
    assert team.values["off_pass_rate"] == context["off_pass_rate"]
    assert team.values["opponent"] == context["defteam"]
    receiver = read_vector(online, domain, "player", context["receiver_1_id"])
    assert receiver.values["receiver_share"] == context["receiver_1_share"]
    assert receiver.snapshot == team.snapshot


def test_an_older_week_does_not_replace_a_newer_one(built: Built, online: Settings) -> None:
    domain = built.domain
    push_latest(online, domain, LAST)
    assert push_latest(online, domain, WEEK) == 0
    assert read_vector(online, domain, "team", "ARI").week == LAST
    assert push_latest(online, domain, LAST) > 0


def test_what_was_never_pushed_is_missing(built: Built, online: Settings) -> None:
    with pytest.raises(MissingDataError, match=":team:XXX"):
        read_vector(online, built.domain, "team", "XXX")


def test_redis_down_is_said(built: Built, online: Settings) -> None:
    nobody = Endpoints(kafka="", registry="", redis="127.0.0.1:1")
    online.endpoints_file.write_text(nobody.model_dump_json())
    with pytest.raises(ServiceDownError, match=r"127\.0\.0\.1:1"):
        push_latest(online, built.domain, LAST)
