"""The household: a reference assistant on real parts, and the people who live with it."""

from sayagain.household.ambiguity import FAMILIES, Alternative, Family
from sayagain.household.assistant import Assistant, Choice, Done, Layer
from sayagain.household.catalogue import Item, catalogue
from sayagain.household.deeds import Deed, Memory, Place
from sayagain.household.fit import Fit, fit
from sayagain.household.homes import Area, Contact, Device, Home, Satellite, homes
from sayagain.household.inventory import SEED, distinct_requests, recording_plan
from sayagain.household.outcome import CONDITIONS, VOICES, Delivery, Outcome
from sayagain.household.people import Person, population
from sayagain.household.recorded import Recorded
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
    "Assistant",
    "Choice",
    "Contact",
    "Deed",
    "Delivery",
    "Device",
    "Done",
    "FailurePoint",
    "Family",
    "Fit",
    "Hassil",
    "Home",
    "Item",
    "Layer",
    "Memory",
    "Outcome",
    "Person",
    "Place",
    "Recorded",
    "Replay",
    "Satellite",
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
