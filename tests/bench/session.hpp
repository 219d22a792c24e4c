// Asks one SNMP agent, one request after another, and says how long each took.
#pragma once

#include "common/mib/value.hpp"
#include "common/model/result.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace galera::bench {

using Oid = mib::Oid;

/// How an agent is asked. Requests are never repeated: a lost one is a failure that is counted.
struct Access {
    std::string address; // as net-snmp reads it: "127.0.0.11:10161"
    std::string community;
    std::chrono::milliseconds timeout{1000};
};

/// What came back.
struct Answer {
    std::vector<Oid> names;     // in the order of the varbinds; nothing came: none
    std::size_t with_values{0}; // how many of them have one: no absence, no end of the view
    std::size_t served{0};      // how many have one, or an object that has none: noSuchInstance
    std::chrono::nanoseconds took{0};
};

/// One session of SNMPv2c; one thread of a process may have some.
class Session {
public:
    static Result<Session> open(const Access& access);

    [[nodiscard]] Answer get(const std::vector<Oid>& instances);
    [[nodiscard]] Answer get_next(const Oid& behind);
    [[nodiscard]] Answer get_bulk(const Oid& behind, int repetitions);

private:
    struct Closer {
        void operator()(void* session) const;
    };
    explicit Session(void* session) : session_{session} {}

    std::unique_ptr<void, Closer> session_;
};

} // namespace galera::bench
