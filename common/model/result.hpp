// Errors as values: what went wrong, where, and what to do about it, in one plain sentence.
#pragma once

#include <tl/expected.hpp>

#include <string>
#include <utility>

namespace galera {

/// One sentence for the person who reads the log: "grastate.dat:4: seqno '12x' is not a number".
struct Error {
    std::string text;
    /// It may be gone without anybody's doing, as a name server comes back after a power cut.
    bool passing{false};

    /// The same error with the place in front: `at("n1.cnf")` gives "n1.cnf: ...".
    [[nodiscard]] Error at(const std::string& place) const {
        return Error{place + ": " + text, passing};
    }
    bool operator==(const Error&) const = default;
};

/// A value, or the Error that stands in its way. Must be looked at.
template <typename T>
class [[nodiscard]] Result : public tl::expected<T, Error> {
public:
    using tl::expected<T, Error>::expected;
};

/// What a function returns to say that it failed: `return failure("...")`.
[[nodiscard]] inline tl::unexpected<Error> failure(std::string text) {
    return tl::unexpected<Error>(Error{.text = std::move(text)});
}
[[nodiscard]] inline tl::unexpected<Error> failure(Error error) {
    return tl::unexpected<Error>(std::move(error));
}

} // namespace galera
