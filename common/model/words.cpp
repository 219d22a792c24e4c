#include "common/model/words.hpp"

namespace galera {

std::string_view word_of(NodeStatus status) {
    switch (status) {
    case NodeStatus::bootstrapping:
        return "bootstrapping";
    case NodeStatus::running:
        return "running";
    case NodeStatus::initiating:
        return "initiating";
    case NodeStatus::locked:
        return "locked";
    case NodeStatus::stopped:
        break;
    }
    return "stopped";
}

std::string_view word_of(ServerState state) {
    switch (state) {
    case ServerState::stopped:
        return "stopped";
    case ServerState::recovering:
        return "recovering";
    case ServerState::starting:
        return "starting";
    case ServerState::serving:
        return "serving";
    case ServerState::unreachable:
        break;
    }
    return "unreachable";
}

std::string_view word_of(SeqnoState state) {
    switch (state) {
    case SeqnoState::known:
        return "known";
    case SeqnoState::undefined:
        return "undefined";
    case SeqnoState::recovering:
        return "recovering";
    case SeqnoState::failed:
        break;
    }
    return "failed";
}

std::string_view word_of(ClusterStatus status) {
    switch (status) {
    case ClusterStatus::primary:
        return "Primary";
    case ClusterStatus::non_primary:
        return "non-Primary";
    case ClusterStatus::disconnected:
        return "Disconnected";
    case ClusterStatus::unknown:
        break;
    }
    return "unknown";
}

std::string_view word_of(NodeState state) {
    switch (state) {
    case NodeState::initialized:
        return "Initialized";
    case NodeState::joining:
        return "Joining";
    case NodeState::donor:
        return "Donor";
    case NodeState::joined:
        return "Joined";
    case NodeState::synced:
        return "Synced";
    case NodeState::error:
        return "Error";
    case NodeState::unknown:
        break;
    }
    return "unknown";
}

std::string_view word_of(Taint taint) {
    switch (taint) {
    case Taint::none:
        return "none";
    case Taint::cut:
        return "cut";
    case Taint::nil_history:
        return "nil_history";
    case Taint::foreign_history:
        return "foreign_history";
    case Taint::heuristic_rollback:
        break;
    }
    return "heuristic_rollback";
}

std::string_view word_of(InitiatorPhase phase) {
    switch (phase) {
    case InitiatorPhase::claiming:
        return "claiming";
    case InitiatorPhase::bootstrapping:
        return "bootstrapping";
    case InitiatorPhase::joining:
        return "joining";
    case InitiatorPhase::surveying:
        break;
    }
    return "surveying";
}

std::string_view word_of(Reachability reachability) {
    switch (reachability) {
    case Reachability::answers:
        return "answers";
    case Reachability::stale:
        return "stale";
    case Reachability::no_answer:
        return "no_answer";
    case Reachability::not_authentic:
        return "not_authentic";
    case Reachability::no_agent:
        return "no_agent";
    case Reachability::unreadable:
        return "unreadable";
    case Reachability::alive:
        return "alive";
    case Reachability::legacy:
        return "legacy";
    case Reachability::unknown:
        break;
    }
    return "unknown";
}

} // namespace galera
