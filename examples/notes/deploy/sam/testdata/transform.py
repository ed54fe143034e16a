"""Writes what CloudFormation would get of a SAM template, for each stack's name.

The archive's place is what `sam deploy` puts in; cfn-lint's decoder reads the
short forms of CloudFormation's functions.
"""

import json
import sys

from cfnlint.decode import cfn_yaml
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator

made = {}
for stack in sys.argv[2:]:
    template = json.loads(json.dumps(cfn_yaml.load(sys.argv[1])))
    template["Resources"]["Notes"]["Properties"]["CodeUri"] = "s3://bucket/bootstrap.zip"
    made[stack] = Translator({}, Parser()).translate(template, parameter_values={"AWS::StackName": stack})
json.dump(made, sys.stdout)
