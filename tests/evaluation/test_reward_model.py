import pytest

from sayagain.evaluation.reward_model import RewardModel, SeenReward, fit_reward_models, model_half


def seen(unit, reward, situation="stop", action="pause"):
    return SeenReward(unit=unit, situation=situation, action=action, reward=reward)


def test_an_empty_model_expects_a_coin():
    assert RewardModel([]).expected("stop", "pause") == 0.5


def test_a_mean_is_shrunk_towards_the_action_elsewhere():
    rewards = [seen("u", float(situation == "stop"), situation) for situation in ("stop", "halt") for _ in range(4)]
    model = RewardModel(rewards)
    assert model.expected("stop", "pause") == pytest.approx(0.75)
    assert model.expected("never heard", "pause") == pytest.approx(0.5)


def test_no_unit_is_predicted_by_a_model_that_saw_it():
    units = [f"u{number}" for number in range(40)]
    rewards = [seen(unit, float(model_half(unit))) for unit in units]
    models = fit_reward_models(rewards)
    for unit in units:
        expected = models[model_half(unit)].expected("stop", "pause")
        assert expected == (0.0 if model_half(unit) else 1.0)
