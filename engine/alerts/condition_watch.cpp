#include "engine/alerts/condition_watch.hpp"

#include <algorithm>

namespace hts::alerts {
namespace {

bool is_same(const Condition& one, const Condition& other) {
  return one.kind == other.kind && one.subject == other.subject;
}

}  // namespace

std::vector<ConditionNews> ConditionWatch::look(time::Duration now,
                                                const std::vector<Condition>& holding) {
  for (Known& known : known_) {
    const auto found = std::ranges::find_if(
        holding, [&](const Condition& condition) { return is_same(condition, known.condition); });
    const bool holds = found != holding.end();
    if (holds) known.condition = *found;
    if (holds != known.holds) known.turned_at = now;
    known.holds = holds;
  }
  for (const Condition& condition : holding) {
    const bool is_known = std::ranges::any_of(
        known_, [&](const Known& known) { return is_same(known.condition, condition); });
    if (!is_known) known_.push_back({condition, now, now});
  }

  std::vector<ConditionNews> news;
  for (Known& known : known_) {
    if (known.holds == known.is_told || now - known.turned_at < patience_) continue;
    known.is_told = known.holds;
    news.push_back({known.condition, !known.holds, now - known.since});
  }
  std::erase_if(known_, [](const Known& known) { return !known.holds && !known.is_told; });
  return news;
}

}  // namespace hts::alerts
