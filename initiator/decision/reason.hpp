// What a verdict is made of: its kind, its reason, and the proof that it rests on.
#pragma once

#include "common/model/reason.hpp"

namespace galera::decision {

using galera::Proof;
using galera::Reason;
using galera::ReasonRow;
using galera::reasons;
using galera::row_of;
using galera::VerdictKind;
using galera::word_of;

} // namespace galera::decision
