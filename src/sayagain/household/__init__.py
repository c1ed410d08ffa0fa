"""The household: a reference assistant on real parts, and the people who live with it."""

from sayagain.household.ambiguity import FAMILIES
from sayagain.household.assistant import Choice, Execution, HouseholdAssistant, Layer
from sayagain.household.deeds import Deed, Memory, Place
from sayagain.household.family import Alternative, Family
from sayagain.household.home import Area, Contact, Device, Home, Satellite, homes
from sayagain.household.inventory import SEED, distinct_requests, recording_plan
from sayagain.household.media_catalogue import Item, catalogue
from sayagain.household.outcome import CONDITIONS, VOICES, Delivery, SpeechOutcome
from sayagain.household.people import Person, population
from sayagain.household.reaction_fit import Fit, fit
from sayagain.household.recorded_speech import RecordedSpeech
from sayagain.household.replay import Replay, Week
from sayagain.household.statistics import Statistics, measure
from sayagain.household.truth import FailurePoint, Truth
from sayagain.household.understanding import Hassil, Understanding
from sayagain.household.wants import Want
from sayagain.household.world import World

__all__ = [
    "CONDITIONS",
    "FAMILIES",
    "SEED",
    "VOICES",
    "Alternative",
    "Area",
    "Choice",
    "Contact",
    "Deed",
    "Delivery",
    "Device",
    "Execution",
    "FailurePoint",
    "Family",
    "Fit",
    "Hassil",
    "Home",
    "HouseholdAssistant",
    "Item",
    "Layer",
    "Memory",
    "Person",
    "Place",
    "RecordedSpeech",
    "Replay",
    "Satellite",
    "SpeechOutcome",
    "Statistics",
    "Truth",
    "Understanding",
    "Want",
    "Week",
    "World",
    "catalogue",
    "distinct_requests",
    "fit",
    "homes",
    "measure",
    "population",
    "recording_plan",
]
