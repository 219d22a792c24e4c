#include "initiator/decision/reason.hpp"

namespace galera::decision {

std::string_view word_of(Proof proof) {
    switch (proof) {
    case Proof::census:
        return "census";
    case Proof::genesis:
        return "genesis";
    case Proof::closure:
        return "closure";
    case Proof::last_to_leave:
        return "last_to_leave";
    case Proof::none:
        break;
    }
    return "none";
}

} // namespace galera::decision
