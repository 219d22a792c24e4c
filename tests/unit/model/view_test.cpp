// Views that went by: how they are kept, and what tells them apart.
#include "common/model/view.hpp"

#include <gmock/gmock.h>

namespace galera {
namespace {

using testing::ElementsAre;
using testing::SizeIs;

PastView past(std::uint64_t id, std::int64_t seqno, std::uint64_t members = 0) {
    return {{id, *Seqno::from(seqno)}, members};
}

TEST(ViewLog, KeepsTheLatest) {
    ViewLog log;
    for (std::uint64_t id = 1; id <= views_kept_max + 3; ++id)
        add_view(log, past(id, static_cast<std::int64_t>(2 * id)));
    EXPECT_THAT(log, SizeIs(views_kept_max));
    EXPECT_EQ(log.front().place.id, 4U);
    EXPECT_EQ(log.back().place.id, views_kept_max + 3);
}

TEST(ViewLog, IsCutWhereTheOrderWasLost) {
    ViewLog log{past(1, 2), past(2, 5), past(3, 9)};
    add_view(log, past(2, 4, 7));
    EXPECT_THAT(log, ElementsAre(past(1, 2), past(2, 4, 7)));
    EXPECT_THAT(views_up_to(log, *Seqno::from(3)), ElementsAre(past(1, 2)));
    EXPECT_THAT(views_up_to(log, *Seqno::from(4)), SizeIs(2));
    EXPECT_THAT(views_up_to({}, *Seqno::from(4)), SizeIs(0));
}

TEST(PastViews, DifferByTheirMembers) {
    View view{*Uuid::parse("11111111-1111-4111-8111-111111111111"), 3, *Seqno::from(7), {}};
    const auto empty = past_of(view);
    view.members.push_back({view.history, "n1", "10.0.0.1:3306"});
    const auto one = past_of(view);
    EXPECT_NE(one, empty);
    view.members.front().name = "other";
    EXPECT_EQ(past_of(view), one) << "names can be changed, a server's UUID cannot";
}

} // namespace
} // namespace galera
