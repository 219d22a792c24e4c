// Host names, looked up all at once.
#pragma once

#include "common/model/address.hpp"
#include "common/model/result.hpp"

#include <chrono>
#include <map>
#include <string>
#include <vector>

namespace galera::config {

/// The addresses of the hosts that the configuration names.
class Names {
public:
    /// Looks up every host that is a name, each by itself, and waits for all of them no longer than
    /// `deadline`: a name server that does not answer for one costs the others nothing.
    static Names look_up(const std::vector<std::string>& hosts, std::chrono::milliseconds deadline);

    /// All addresses of a host that was looked up or is an address, lowest first, so that every
    /// node takes the same one of several. An error says what to do.
    [[nodiscard]] Result<std::vector<Address>> addresses_of(const std::string& host) const;

private:
    std::map<std::string, Result<std::vector<Address>>> found_;
};

} // namespace galera::config
