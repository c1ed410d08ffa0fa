import pytest

from sayagain.assistants.homeassistant.cold_start.transcript_noise import without_noise


@pytest.mark.parametrize(
    ("heard", "clean"),
    [
        ("Open the shutters. Thank you for watching!", "Open the shutters."),
        ("Open the shutters, thanks for watching.", "Open the shutters"),
        ("open the shutters thanks for watching", "open the shutters"),
        ("Thanks for listening. Open the shutters.", "Open the shutters."),
        ("[BLANK_AUDIO] Open the shutters.", "Open the shutters."),
        ("Open the shutters. (upbeat music)", "Open the shutters."),
        ("Open the shutters. *coughs*", "Open the shutters."),
        ("♪ Open the shutters ♪", "Open the shutters"),
        ("<speaker_2> Open the shutters.", "Open the shutters."),
        ("Speaker 1: open the shutters", "open the shutters"),
        ("[Guest 3]: open the shutters </Guest3>", "open the shutters"),
        ("Open the shutters. [music] Please subscribe!", "Open the shutters."),
        ("[BLANK_AUDIO]", ""),
        ("Thanks for watching!", ""),
    ],
)
def test_known_noise_goes(heard, clean):
    assert without_noise(heard) == clean


@pytest.mark.parametrize(
    "heard",
    [
        "open the shutters (left)",
        "play music",
        "turn on the music",
        "thank you",
        "thanks",
        "broadcast thanks for watching",
        "announce thank you for listening",
        "user 2 needs light",
        "play (music) in the hall",
        "add silence of the lambs to the list",
        "watching tv scene",
        "",
    ],
)
def test_everything_else_stays(heard):
    assert without_noise(heard) == heard


@pytest.mark.parametrize(
    ("language", "heard", "clean"),
    [
        ("de", "Mach das Licht an. Untertitelung des ZDF, 2020", "Mach das Licht an."),
        ("de", "Mach das Licht an. Vielen Dank fürs Zuschauen!", "Mach das Licht an."),
        ("es", "Apaga la luz. ¡Gracias por ver el video!", "Apaga la luz."),
        ("fr", "Ferme le volet. Sous-titres réalisés par la communauté d'Amara.org", "Ferme le volet."),
        ("nl", "Doe het licht uit. Bedankt voor het kijken!", "Doe het licht uit."),
        ("pl", "Zgaś światło. Dziękuję za uwagę.", "Zgaś światło."),
        ("pt", "Apaga a luz. Legendas pela comunidade Amara.org", "Apaga a luz."),
        ("ru", "Включи свет. Субтитры создавал DimaTorzok", "Включи свет."),
        ("sv", "Tänd lampan. Tack för att ni tittade.", "Tänd lampan."),
        ("de", "Mach das Licht an. Thanks for watching!", "Mach das Licht an."),
        ("de", "sag bis zum nächsten mal", "sag bis zum nächsten mal"),
        ("en", "Turn it on in 2020", "Turn it on in 2020"),
    ],
)
def test_credits_of_subtitles_are_taken_off_in_every_language(language, heard, clean):
    assert without_noise(heard, language) == clean
