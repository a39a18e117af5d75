"""The faults that `lab_mutants` plants: in routes, ACLs, groups, DNS, policies, names and certificates."""

from tests.differential import (
    lab_faults_of_calls,
    lab_faults_of_names,
    lab_faults_of_packets,
)

MUTANTS = (*lab_faults_of_packets.MUTANTS, *lab_faults_of_names.MUTANTS, *lab_faults_of_calls.MUTANTS)
