"""Which function is carried out where."""

from collections.abc import Callable
from typing import Any

from pullproof.sources.cloudformation.choice import fn_condition, fn_if
from pullproof.sources.cloudformation.document import Call
from pullproof.sources.cloudformation.functions_list import (
    fn_cidr,
    fn_find_in_map,
    fn_get_azs,
    fn_length,
    fn_select,
)
from pullproof.sources.cloudformation.functions_text import fn_base64, fn_join, fn_split, fn_sub, fn_to_json
from pullproof.sources.cloudformation.interface import Evaluator
from pullproof.sources.cloudformation.references import (
    fn_get_att,
    fn_get_stack_output,
    fn_import_value,
    fn_ref,
)

FUNCTIONS: dict[str, Callable[[Evaluator, Call], Any]] = {
    "Ref": fn_ref,
    "Fn::GetAtt": fn_get_att,
    "Fn::ImportValue": fn_import_value,
    "Fn::GetStackOutput": fn_get_stack_output,
    "Fn::Sub": fn_sub,
    "Fn::Join": fn_join,
    "Fn::Split": fn_split,
    "Fn::Base64": fn_base64,
    "Fn::ToJsonString": fn_to_json,
    "Fn::Select": fn_select,
    "Fn::Length": fn_length,
    "Fn::Cidr": fn_cidr,
    "Fn::GetAZs": fn_get_azs,
    "Fn::FindInMap": fn_find_in_map,
    "Fn::If": fn_if,
    "Fn::And": fn_condition,
    "Fn::Or": fn_condition,
    "Fn::Not": fn_condition,
    "Fn::Equals": fn_condition,
    "Condition": fn_condition,
}
