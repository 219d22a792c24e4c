#include "common/galera/view_rows.hpp"

#include "common/galera/text.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>

namespace galera {

namespace {

using text::number;

constexpr std::size_t columns = 6;

/// The columns that name the view itself.
Result<View> view_head_of(const SqlRow& row) {
    const auto history = Uuid::parse(row[0].value_or(""));
    const auto id = number<std::uint64_t>(row[1].value_or(""));
    const auto written = number<std::int64_t>(row[2].value_or(""));
    const auto seqno = written ? Seqno::from(*written) : std::nullopt;
    if (!history || !id || !seqno)
        return failure("mysql.wsrep_cluster: cannot read the view " +
                       text::quoted(row[0].value_or("NULL")) + ", id " +
                       text::quoted(row[1].value_or("NULL")) + ", seqno " +
                       text::quoted(row[2].value_or("NULL")));
    return View{*history, *id, *seqno, {}};
}

Result<void> add_member(const SqlRow& row, View& view) {
    if (!row[3])
        return {}; // a view of nobody
    const auto uuid = Uuid::parse(*row[3]);
    if (!uuid)
        return failure("mysql.wsrep_cluster_members: " + text::quoted(*row[3]) + " is not a UUID");
    view.members.push_back(ViewMember{*uuid, row[4].value_or(""), row[5].value_or("")});
    return {};
}

} // namespace

Result<std::optional<View>> view_of(const SqlRows& rows) {
    if (rows.empty())
        return std::optional<View>{};
    for (const auto& row : rows)
        if (row.size() != columns)
            return failure("the server sent " + std::to_string(row.size()) +
                           " columns of a view instead of " + std::to_string(columns));
    auto view = view_head_of(rows.front());
    if (!view)
        return failure(view.error());
    if (rows.size() > view_members_max)
        return failure("mysql.wsrep_cluster_members: has more than " +
                       std::to_string(view_members_max) + " members, which no cluster has");
    for (const auto& row : rows) {
        if (row[0] != rows.front()[0])
            return failure("mysql.wsrep_cluster: holds views of two histories, " +
                           text::quoted(rows.front()[0].value_or("NULL")) + " and " +
                           text::quoted(row[0].value_or("NULL")));
        if (auto added = add_member(row, *view); !added)
            return failure(added.error());
    }
    // The table's collation need not be the order of the values.
    std::ranges::sort(view->members, {}, &ViewMember::uuid);
    return std::optional{*std::move(view)};
}

} // namespace galera
