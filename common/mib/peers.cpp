// What the initiator of this node saw of each roster node: galeraPeers.
#include "common/mib/scalar_patterns.hpp"
#include "mibs/oids.hpp"

#include <array>

namespace galera::mib {
namespace {

std::optional<Value> encode_count(const NodeReport& report) {
    return Unsigned32{static_cast<std::uint32_t>(report.peers.nodes.size())};
}
Result<void> decode_count(const Value&, NodeReport&) {
    return {}; // the rows stay where they are, see PeerColumn
}

std::optional<Value> encode_surveyed(const NodeReport& report) {
    if (!report.peers.surveyed_unix_seconds)
        return std::nullopt;
    return date_value(*report.peers.surveyed_unix_seconds);
}
Result<void> decode_surveyed(const Value& value, NodeReport& report) {
    const auto seconds = decode_date(value);
    if (!seconds)
        return failure(seconds.error());
    report.peers.surveyed_unix_seconds = *seconds;
    return {};
}

const std::array scalar_table{
    Scalar{"galeraPeerCount", oid::galeraPeerCount, Syntax::unsigned32, false, encode_count,
           decode_count},
    Scalar{"galeraPeersSurveyed", oid::galeraPeersSurveyed, Syntax::octet_string, false,
           encode_surveyed, decode_surveyed},
};

std::optional<Value> encode_name(const PeerReport& peer) {
    return OctetString{bounded_text(peer.name)};
}

std::optional<Value> encode_local(const PeerReport& peer) {
    return Integer32{peer.local ? truth_true : truth_false};
}

std::optional<Value> encode_reachability(const PeerReport& peer) {
    return Integer32{static_cast<std::int32_t>(peer.reachability)};
}

/// What the node said of itself, if it said anything.
template <auto Field>
std::optional<Value> encode_word(const PeerReport& peer) {
    if (!peer.condition)
        return std::nullopt;
    return Integer32{static_cast<std::int32_t>((*peer.condition).*Field)};
}

std::optional<Value> encode_peer_position(const PeerReport& peer) {
    if (!peer.condition)
        return std::nullopt;
    return position_value(peer.condition->seqno_state, peer.condition->position);
}

std::optional<Value> encode_peer_seqno(const PeerReport& peer) {
    if (!peer.condition)
        return std::nullopt;
    return seqno_value(peer.condition->seqno_state, peer.condition->position);
}

std::optional<Value> encode_last_seen(const PeerReport& peer) {
    if (!peer.last_seen)
        return std::nullopt;
    return date_value(peer.last_seen->unix_seconds);
}

std::optional<Value> encode_round_trip(const PeerReport& peer) {
    if (!peer.last_seen)
        return std::nullopt;
    return unsigned_value(peer.last_seen->round_trip.count());
}

const std::array column_table{
    PeerColumn{"galeraPeerName", oid::galeraPeerName, Syntax::octet_string, encode_name},
    PeerColumn{"galeraPeerLocal", oid::galeraPeerLocal, Syntax::integer32, encode_local},
    PeerColumn{"galeraPeerReachability", oid::galeraPeerReachability, Syntax::integer32,
               encode_reachability},
    PeerColumn{"galeraPeerStatus", oid::galeraPeerStatus, Syntax::integer32,
               encode_word<&PeerCondition::status>},
    PeerColumn{"galeraPeerClusterStatus", oid::galeraPeerClusterStatus, Syntax::integer32,
               encode_word<&PeerCondition::cluster>},
    PeerColumn{"galeraPeerNodeState", oid::galeraPeerNodeState, Syntax::integer32,
               encode_word<&PeerCondition::node_state>},
    PeerColumn{"galeraPeerSeqnoState", oid::galeraPeerSeqnoState, Syntax::integer32,
               encode_word<&PeerCondition::seqno_state>},
    PeerColumn{"galeraPeerPosition", oid::galeraPeerPosition, Syntax::octet_string,
               encode_peer_position},
    PeerColumn{"galeraPeerSeqno", oid::galeraPeerSeqno, Syntax::counter64, encode_peer_seqno},
    PeerColumn{"galeraPeerLastSeen", oid::galeraPeerLastSeen, Syntax::octet_string,
               encode_last_seen},
    PeerColumn{"galeraPeerRoundTrip", oid::galeraPeerRoundTrip, Syntax::unsigned32,
               encode_round_trip},
};

} // namespace

std::span<const Scalar> peers_scalars() {
    return scalar_table;
}

std::span<const PeerColumn> peer_columns() {
    return column_table;
}

} // namespace galera::mib
