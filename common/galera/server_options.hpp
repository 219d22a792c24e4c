// The options of the database that matter here, from the words that `my_print_defaults` prints.
#pragma once

#include "common/model/result.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace galera {

/// Options as the server would read them: dashes and underscores are one, case of names does not
/// matter, the last one wins, an option without a value is "ON". Prefixes fall off: "loose-";
/// "skip-" and "disable-", which make it OFF whatever its value is, but ON if that is 0; "enable-",
/// the other way round; of several the innermost decides. "maximum-" and "autoset-" set no value.
/// (Options whose own name begins so, as skip_networking, are found without it: "networking".)
class ServerOptions {
public:
    /// The output of `my_print_defaults --mysqld`: one word a line, "--name=value" or "--name". An
    /// error for anything else, for a line so long that it may have been cut, and where the last
    /// line lacks its newline: it was cut off.
    static Result<ServerOptions> parse(std::string_view printed);

    /// `name` in lower case, with underscores: "wsrep_cluster_address".
    [[nodiscard]] std::optional<std::string> find(std::string_view name) const;
    [[nodiscard]] std::string get(std::string_view name, std::string_view otherwise) const;
    /// ON, 1, TRUE, an option without value: true. OFF, 0, FALSE: false. Empty if absent. An error
    /// for any other word, also YES and NO: the server takes what it does not know for OFF.
    Result<std::optional<bool>> find_switch(std::string_view name) const;

private:
    std::map<std::string, std::string, std::less<>> values_;
};

/// `wsrep_provider_options`: "name = value; name=value". Names as written, blanks around dropped,
/// of two values the last; "\;" is no separator. An error for a part without a name or without '='.
using ProviderOptions = std::map<std::string, std::string, std::less<>>;
Result<ProviderOptions> parse_provider_options(std::string_view text);

/// Whether they set `pc.ignore_sb` or `pc.ignore_quorum`, with which a minority stays Primary. A
/// value that Galera does not know for false counts as true. Options of wsrep_cluster_address set
/// them too.
[[nodiscard]] bool overrides_quorum(const ProviderOptions& options);

} // namespace galera
