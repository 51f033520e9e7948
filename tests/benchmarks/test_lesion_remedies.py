"""The remedies that the ablation measures do what they are called, and a stopped game goes on as before."""

import lesion_remedies as remedies
import torch

IMAGES = torch.rand(8, 1, 32, 32, generator=torch.Generator().manual_seed(0)) * 2 - 1


def test_only_in_training_does_the_discriminator_see_them_augmented():
    discriminator = remedies.discriminator_of(remedies.FULL)
    assert (discriminator(IMAGES) != discriminator(IMAGES)).any()
    discriminator.eval()
    assert (discriminator(IMAGES) == discriminator(IMAGES)).all()
    unchanged = remedies.discriminator_of(remedies.FULL - {"flips"})
    assert (unchanged(IMAGES) == unchanged(IMAGES)).all()


def test_each_recipe_of_the_queue_has_a_name_of_its_own():
    recipes = {recipe for recipe, _, _ in remedies.queue()}
    assert len({remedies.named(recipe) for recipe in recipes}) == len(recipes)


def test_a_game_that_was_stopped_goes_on_bit_for_bit(tmp_path):
    whole, stopped = (tmp_path / name for name in ("whole", "stopped"))
    for folder in (whole, stopped):
        folder.mkdir()
    remedies.Kept(whole, remedies.FULL, 0).play(4)
    remedies.Kept(stopped, remedies.FULL, 0).play(2)
    remedies.Kept(stopped, remedies.FULL, 0).play(2)
    kept = [remedies.Kept(folder, remedies.FULL, 0) for folder in (whole, stopped)]
    assert [game.step for game in kept] == [4, 4]
    for one, other in zip(*(game.generator.parameters() for game in kept), strict=True):
        assert torch.equal(one, other)
