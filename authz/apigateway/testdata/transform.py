"""Reads a SAM template on standard input and writes what CloudFormation would get."""

import json
import sys

from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator

template = json.load(sys.stdin)
translator = Translator({}, Parser())
json.dump(translator.translate(template, parameter_values={}), sys.stdout)
