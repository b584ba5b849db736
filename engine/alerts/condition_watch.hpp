#pragma once

#include <string>
#include <vector>

#include "engine/time/timestamp.hpp"

namespace hts::alerts {

/// Something that is wrong for as long as it holds: a full disk, a feed that is silent.
struct Condition {
  std::string kind;     ///< of the alert: "health", "sla_breach"
  std::string subject;  ///< what it is, in one line; together with the kind the same for the same
  std::string text;     ///< sentences, without secrets; may differ from look to look
  bool is_critical = false;

  friend bool operator==(const Condition&, const Condition&) = default;
};

/// What people are to be told of a condition.
struct ConditionNews {
  Condition condition;
  bool is_over = false;
  time::Duration held{};  ///< for how long up to now
};

/// Tells of conditions once when they begin and once when they are over, and of none that holds for
/// a moment only, so that what comes and goes wakes nobody.
///
/// One thread. O(n·m) a look, with n conditions that hold and m that held before.
class ConditionWatch {
 public:
  /// A condition begins when it has held at every look for this long, and is over when it has not
  /// for as long. 0: at once.
  explicit ConditionWatch(time::Duration patience) : patience_(patience) {}

  /// `now` comes from a clock that only goes forward.
  [[nodiscard]] std::vector<ConditionNews> look(time::Duration now,
                                                const std::vector<Condition>& holding);

 private:
  struct Known {
    Condition condition;
    time::Duration since{};      ///< when it began to hold
    time::Duration turned_at{};  ///< when it last began or ceased to hold
    bool holds = true;
    bool is_told = false;
  };

  const time::Duration patience_;
  std::vector<Known> known_;
};

}  // namespace hts::alerts
