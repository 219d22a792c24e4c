// Asks every roster node at once and waits for all, each no longer than its own deadline.
#pragma once

#include "common/config/config.hpp"
#include "common/snmp/exchange.hpp"
#include "initiator/decision/survey.hpp"

#include <atomic>

namespace galera::survey {

/// How the settings say that peers are asked. Makes the keys of an SNMPv3 user, which takes
/// milliseconds: once for many surveys.
Result<snmp::Access> access_of(const config::Settings& settings);

/// One survey of the whole roster, the local node included: it is asked as a peer would ask it.
/// A silent node costs one SNMP deadline, and one try's timeout more where its group port does not
/// answer either; one that falls silent half-way costs a deadline for each GET: one for the report,
/// one for its tables, more only for tables of dozens of rows, and one for how far it has come
/// where it may be receiving state. A report whose tables could not be had from the same snapshot
/// is asked for again once, and then counts as `unknown`. With `legacy-extend` a node without the
/// subagent is asked for what the scripts of 2014 say. Where waiting for others took longer
/// than a sampling interval, a report is asked for again, twice at most; the age of each is that at
/// the end. A node whose report is too old is connected to like one that is silent. Once
/// `cancelled`, who has not answered counts as `no_answer`: the survey is no evidence. An error
/// only if nobody could be asked at all.
Result<decision::Survey> take_survey(const config::Site& site, const snmp::Access& access,
                                     const std::atomic<bool>& cancelled);

/// The same, once.
Result<decision::Survey> take_survey(const config::Site& site, const std::atomic<bool>& cancelled);

} // namespace galera::survey
