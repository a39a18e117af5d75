"""Planted faults: what the policies of a call say."""

from typing import Any

from tests.differential.lab_mutants import Mutant, Patch, replace

from narrowgate.engine.policy import conditions, decision_tables
from narrowgate.engine.policy.conditions import Condition
from narrowgate.engine.policy.principals import PrincipalSet
from narrowgate.engine.policy.resources import ActionSet, ResourceSet
from narrowgate.engine.policy.statements import NO, SILENT, YES, Policy, Statement
from narrowgate.engine.trace import authorization, call_policies
from narrowgate.engine.trace.authorization import refused_before_the_method


def _no_deny(patch: Patch) -> None:
    true = Policy.evaluate

    def wrong(self: Any, context: Any) -> Any:
        found = true(self, context)
        if found.denies:
            found.denies = []
            found.mask = min((each.allow_bit(context) for each in found.allows), default=SILENT)
        return found

    patch.setattr(Policy, "evaluate", wrong)


def _conditions_changed(patch: Patch, change: Any) -> None:
    made = Condition.__init__

    def wrong(self: Any, *arguments: Any, **options: Any) -> None:
        made(self, *arguments, **options)
        change(self)

    patch.setattr(Condition, "__init__", wrong)


def _negations_ignored(patch: Patch) -> None:
    def change(self: Any) -> None:
        self._outcomes = conditions._POSITIVE

    _conditions_changed(patch, change)


def _absent_keys_are_no(patch: Patch) -> None:
    patch.setattr(Condition, "_absent_outcome", lambda self: NO)


def _if_exists_ignored(patch: Patch) -> None:
    true = Condition._absent_outcome

    def wrong(self: Any) -> int:
        if self.name.if_exists:
            return YES if self.name.operator is not None and self.name.operator.negated else NO
        return true(self)

    patch.setattr(Condition, "_absent_outcome", wrong)


def _set_operators_for_absent_keys(patch: Patch) -> None:
    true = Condition._absent_outcome
    patch.setattr(Condition, "_absent_outcome", lambda self: NO if self.name.quantifier else true(self))


def _any_condition_is_enough(patch: Patch) -> None:
    true = Statement.applies

    def wrong(self: Any, context: Any) -> int:
        kept = self.conditions
        if len(kept) < 2:
            return true(self, context)
        found = []
        for each in kept:
            self.conditions = (each,)
            found.append(true(self, context))
        self.conditions = kept
        return max(found)

    patch.setattr(Statement, "applies", wrong)


def _no_conditions(patch: Patch) -> None:
    patch.setattr(Condition, "holds", lambda self, context: YES)


def _wildcards_everywhere(patch: Patch) -> None:
    """`StringEquals` with a `*` in it, which is a letter there."""
    from fnmatch import fnmatchcase

    true = Condition.holds

    def wrong(self: Any, context: Any) -> int:
        found = context.state(self.lowered)
        if self._plain and isinstance(found, tuple) and any("*" in each for each in self.wanted):
            is_match = any(fnmatchcase(found[0], each) for each in self.wanted)
            return self._outcomes[YES if is_match else NO]
        return true(self, context)

    patch.setattr(Condition, "holds", wrong)


def _everybody_is_meant(patch: Patch) -> None:
    patch.setattr(Statement, "names", lambda self, caller: YES)


def _accounts_are_not_their_members(patch: Patch) -> None:
    patch.setattr(PrincipalSet, "_names_account", lambda *_: False)


def _sessions_are_not_their_role(patch: Patch) -> None:
    patch.setattr(PrincipalSet, "_names_role", lambda *_: False)


def _not_principal_is_principal(patch: Patch) -> None:
    true = Statement.__init__

    def wrong(self: Any, **options: Any) -> None:
        true(self, **options | {"not_principal": False})

    patch.setattr(Statement, "__init__", wrong)


def _every_action(patch: Patch) -> None:
    patch.setattr(ActionSet, "applies", lambda *_: YES)


def _every_resource(patch: Patch) -> None:
    patch.setattr(ResourceSet, "applies", lambda *_: YES)


def _no_endpoint_policy(patch: Patch) -> None:
    replace(patch, call_policies._endpoint_policy, lambda *_: call_policies._Layer())


def _endpoint_policy_last(patch: Patch) -> None:
    replace(patch, refused_before_the_method, lambda *_: None)


def _endpoint_policy_sees_nobody(patch: Patch) -> None:
    """The signer of a call whose method asks for no signature is overlooked (VPE-03)."""
    true = authorization._authorization_header
    signer = authorization._signer
    replace(patch, true, lambda called: "none" if _is_open(called) else true(called))
    replace(patch, signer, lambda called: None if _is_open(called) else signer(called))


def _is_open(called: Any) -> bool:
    method = called.outcome.method
    return method is None or method.authorization_type == "NONE"


def _saved_policy_counts(patch: Patch) -> None:
    replace(patch, call_policies._deployed_policy, lambda *_: call_policies._Layer())


def _no_domain_policy(patch: Patch) -> None:
    true = authorization._domain
    replace(patch, true, lambda *_: None)


def _source_vpc_is_the_clients(patch: Patch) -> None:
    true = authorization._context

    def wrong(called: Any) -> Any:
        found = true(called)
        return {key: value for key, value in found.items() if key != "aws:SourceVpc"} | {
            "aws:SourceVpc": ("vpc-of-the-client",)
        }

    replace(patch, true, wrong)


def _source_address_is_the_endpoints(patch: Patch) -> None:
    true = authorization._context
    replace(patch, true, lambda called: true(called) | {"aws:VpcSourceIp": ("10.255.255.1",)})


def _unsigned_calls_of_iam_methods(patch: Patch) -> None:
    replace(patch, decision_tables._signature, lambda header: None)


def _keys_are_not_required(patch: Patch) -> None:
    replace(patch, authorization._api_key, lambda *_: "not_required")


MUTANTS = (
    Mutant("policy", "a Deny does not count", _no_deny),
    Mutant("policy", "negated operators are not negated", _negations_ignored),
    Mutant("policy", "conditions do not count", _no_conditions),
    Mutant("policy", "one condition of several is enough", _any_condition_is_enough),
    Mutant("policy", "a key that is absent matches nothing", _absent_keys_are_no),
    Mutant("policy", "`IfExists` does not count", _if_exists_ignored),
    Mutant("policy", "`ForAllValues` of an absent key fails", _set_operators_for_absent_keys),
    Mutant("policy", "`*` in `StringEquals` is a wildcard", _wildcards_everywhere),
    Mutant("policy", "every principal is meant", _everybody_is_meant),
    Mutant("policy", "an account does not name its members", _accounts_are_not_their_members),
    Mutant("policy", "a role does not name its sessions", _sessions_are_not_their_role),
    Mutant("policy", "`NotPrincipal` is `Principal`", _not_principal_is_principal),
    Mutant("policy", "every action is meant", _every_action),
    Mutant("policy", "every resource is meant", _every_resource),
    Mutant("policy", "the endpoint policy does not count", _no_endpoint_policy),
    Mutant("policy", "the endpoint policy comes last", _endpoint_policy_last),
    Mutant("policy", "the endpoint policy sees no signer", _endpoint_policy_sees_nobody),
    Mutant("policy", "the saved policy counts, not the deployed one", _saved_policy_counts),
    Mutant("policy", "the policy of a custom domain does not count", _no_domain_policy),
    Mutant("policy", "`aws:SourceVpc` is the client's", _source_vpc_is_the_clients),
    Mutant("policy", "`aws:VpcSourceIp` is the endpoint's", _source_address_is_the_endpoints),
    Mutant("policy", "unsigned calls of IAM methods", _unsigned_calls_of_iam_methods),
    Mutant("policy", "API keys are not required", _keys_are_not_required),
)
