#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/ports/alerts.hpp"
#include "engine/result/result.hpp"

namespace hts::alerts {

/// Channels one after the other: the next one is tried when the one before fails.
using Way = std::vector<std::string>;

/// Which alert goes to which channels. A value; any thread may read.
///
/// Written as rules of which the first that fits counts; an alert that none fits goes to nobody:
///
///     critical -> slack > email, webhook; info:signal -> none; * -> slack
///
/// 1. A rule is a list of patterns, `->`, a list of ways. A pattern is a severity, a kind,
///    `severity:kind`, or `*`.
/// 2. A way is a channel, or several with `>` between them. `all`: each channel there is; `none`.
class AlertRoutes {
 public:
  /// `channels`: those there are. Error: invalid, field `notify.routes`, quoting the rule.
  [[nodiscard]] static result::Result<AlertRoutes> parse(std::string_view text,
                                                         const std::vector<std::string>& channels);

  /// To nobody.
  AlertRoutes() = default;

  /// Empty: to nobody. O(rules).
  [[nodiscard]] const std::vector<Way>& ways(const ports::Alert& alert) const noexcept;
  /// Where the alert goes when `channel` fails; empty: there is no other way.
  [[nodiscard]] std::string_view after(const ports::Alert& alert,
                                       std::string_view channel) const noexcept;

 private:
  struct Pattern {
    std::string severity;  ///< empty: any
    std::string kind;      ///< likewise
  };
  struct Rule {
    std::vector<Pattern> patterns;
    std::vector<Way> ways;
  };

  [[nodiscard]] static result::Result<Rule> parse_rule(std::string_view text,
                                                       const std::vector<std::string>& channels);

  std::vector<Rule> rules_;
};

[[nodiscard]] bool is_severity(std::string_view text) noexcept;
[[nodiscard]] inline bool is_critical(const ports::Alert& alert) noexcept {
  return alert.severity == "critical";
}

}  // namespace hts::alerts
