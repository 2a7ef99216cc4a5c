"""Sessions end, and guessing gets slow."""

from ivr.edges import console_sessions as s
from ivr.edges.console_sessions import Brake, Sessions


def test_a_session_is_found_by_its_key_only():
    sessions = Sessions()
    key, session = sessions.begin("anna", "viewer", 0.0)
    assert sessions.get(key, 1.0) is session
    assert sessions.get("another", 1.0) is None
    sessions.end(key)
    assert sessions.get(key, 1.0) is None


def test_a_session_ends_when_nobody_uses_it_and_after_the_longest_time():
    sessions = Sessions()
    idle, _ = sessions.begin("anna", "viewer", 0.0)
    assert sessions.get(idle, s.IDLE_S + 1) is None
    busy, _ = sessions.begin("anna", "viewer", 0.0)
    now = 0.0
    while now < s.LONGEST_S:
        assert sessions.get(busy, now)
        now += s.IDLE_S / 2
    assert sessions.get(busy, s.LONGEST_S + 1) is None


def test_the_oldest_of_too_many_sessions_ends():
    sessions = Sessions()
    keys = [sessions.begin("anna", "viewer", float(n) / 1000)[0] for n in range(s.MOST + 1)]
    assert sessions.get(keys[0], 2.0) is None
    assert sessions.get(keys[-1], 2.0)


def test_each_wrong_password_past_the_free_ones_doubles_the_pause():
    brake, now = Brake(), 0.0
    for _ in range(s.FREE_TRIES):
        assert brake.pause("anna", now) == 0
        brake.wrong("anna", now)
    first = brake.pause("anna", now)
    assert first == s.FIRST_PAUSE_S
    now += first
    assert brake.pause("anna", now) == 0
    brake.wrong("anna", now)
    assert brake.pause("anna", now) == 2 * first
    assert brake.pause("ben", now) == 0


def test_the_right_password_and_time_release_the_brake():
    brake = Brake()
    for _ in range(20):
        brake.wrong("anna", 0.0)
    assert 0 < brake.pause("anna", 1.0) <= s.LONGEST_PAUSE_S
    assert brake.pause("anna", s.FORGET_S + 1) == 0
    brake.right("anna")
    assert brake.pause("anna", 1.0) == 0


def test_the_brake_forgets_rather_than_grow():
    brake = Brake(most=3)
    for number in range(10):
        brake.wrong(str(number), 0.0)
    assert len(brake._wrong) == 3
