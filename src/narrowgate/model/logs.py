"""Flow logs, log groups and alarms: what an operator sees of an estate (EC2 and CloudWatch API names)."""

from narrowgate.model.fact import Fact, LowerFact


class FlowLog(Fact, frozen=True, kw_only=True):
    """`ec2.describe_flow_logs`: on a VPC, subnet, interface or transit gateway, never on a peering (OPS-01)."""

    flow_log_id: str
    resource_id: str | None = None
    flow_log_status: str = "ACTIVE"
    traffic_type: str | None = None
    log_destination_type: str | None = None
    log_destination: str | None = None
    log_group_name: str | None = None
    deliver_logs_status: str | None = None


class LogGroup(LowerFact, frozen=True, kw_only=True):
    """`logs.describe_log_groups`; without `retentionInDays` it keeps everything for ever."""

    log_group_name: str
    arn: str
    retention_in_days: int | None = None
    kms_key_id: str | None = None


class Dimension(Fact, frozen=True, kw_only=True):
    """One dimension of a metric."""

    name: str
    value: str


class MetricAlarm(Fact, frozen=True, kw_only=True):
    """`cloudwatch.describe_alarms`, its `MetricAlarms` (OPS-04)."""

    alarm_name: str
    alarm_arn: str
    namespace: str | None = None
    metric_name: str | None = None
    dimensions: tuple[Dimension, ...] = ()
    actions_enabled: bool = True
    alarm_actions: tuple[str, ...] = ()
    threshold: float | None = None
    comparison_operator: str | None = None
