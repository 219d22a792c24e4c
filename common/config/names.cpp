#include "common/config/names.hpp"

#include "common/galera/address_text.hpp"
#include "common/galera/text.hpp"

#include <algorithm>
#include <array>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <netdb.h>
#include <optional>
#include <set>
#include <sys/socket.h>
#include <system_error>
#include <thread>
#include <utility>

namespace galera::config {

namespace {

struct AddrinfoFreer {
    void operator()(addrinfo* list) const { ::freeaddrinfo(list); }
};

std::optional<Address> numeric(const addrinfo& entry) {
    std::array<char, NI_MAXHOST> host{};
    if (::getnameinfo(entry.ai_addr, entry.ai_addrlen, host.data(), host.size(), nullptr, 0,
                      NI_NUMERICHOST) != 0)
        return std::nullopt;
    return parse_address(host.data());
}

Result<std::vector<Address>> look_up_one(const std::string& host) {
    addrinfo hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_DGRAM; // one entry an address
    addrinfo* found = nullptr;
    const int error = ::getaddrinfo(host.c_str(), nullptr, &hints, &found);
    if (error != 0)
        return failure(Error{.text = "host " + text::quoted(host) + " does not resolve (" +
                                     ::gai_strerror(error) +
                                     "); correct the name, or write the address",
                             .passing = error == EAI_AGAIN});
    const std::unique_ptr<addrinfo, AddrinfoFreer> list{found};
    std::vector<Address> addresses;
    for (const auto* entry = found; entry != nullptr; entry = entry->ai_next)
        if (auto address = numeric(*entry))
            addresses.push_back(*std::move(address));
    if (addresses.empty())
        return failure("host " + text::quoted(host) +
                       " resolves to no address that can be used; write the address");
    std::ranges::sort(addresses);
    addresses.erase(std::unique(addresses.begin(), addresses.end()), addresses.end());
    return addresses;
}

/// What the threads leave for whoever waits. It outlives him: getaddrinfo cannot be interrupted.
struct Answers {
    std::mutex mutex;
    std::condition_variable came;
    std::map<std::string, Result<std::vector<Address>>> found;
};

void ask(const std::shared_ptr<Answers>& answers, const std::string& host) {
    const auto look = [answers, host] {
        auto addresses = look_up_one(host);
        const std::lock_guard lock{answers->mutex};
        answers->found.insert_or_assign(host, std::move(addresses));
        answers->came.notify_one();
    };
    try {
        std::thread{look}.detach();
    } catch (const std::system_error&) {
        look(); // there are no more threads to be had: one after another, then
    }
}

std::string time_text(std::chrono::milliseconds time) {
    return std::to_string(std::chrono::ceil<std::chrono::seconds>(time).count()) + " s";
}

} // namespace

Names Names::look_up(const std::vector<std::string>& hosts, std::chrono::milliseconds deadline) {
    const auto until = std::chrono::steady_clock::now() + deadline;
    std::set<std::string> names;
    std::ranges::copy_if(hosts, std::inserter(names, names.end()),
                         [](const auto& host) { return !parse_address(host); });
    const auto answers = std::make_shared<Answers>();
    for (const auto& name : names)
        ask(answers, name);
    Names result;
    std::unique_lock lock{answers->mutex};
    answers->came.wait_until(lock, until, [&] { return answers->found.size() == names.size(); });
    result.found_ = answers->found;
    lock.unlock();
    for (const auto& name : names)
        result.found_.try_emplace(
            name, failure(Error{.text = "host " + text::quoted(name) +
                                        " has not been resolved within " + time_text(deadline) +
                                        "; look at the name servers, or write "
                                        "the address",
                                .passing = true}));
    return result;
}

Result<std::vector<Address>> Names::addresses_of(const std::string& host) const {
    if (auto address = parse_address(host))
        return std::vector{*std::move(address)};
    const auto found = found_.find(host);
    if (found == found_.end())
        return failure("host " + text::quoted(host) + " has not been looked up");
    return found->second;
}

} // namespace galera::config
