#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/ports/alerts.hpp"
#include "engine/result/result.hpp"
#include "engine/time/timestamp.hpp"

namespace hts::alerts {

/// Text with places that an alert fills: `[{severity}] {subject}`. A value; any thread may read.
///
/// 1. {id} {kind} {severity} {subject} {text} {time}, and {details.NAME} for a member of the
///    alert's details: nothing when there is none. `{{` and `}}` are braces.
/// 2. What is filled in is not looked at again: an alert cannot name places itself.
class AlertTemplate {
 public:
  /// Error: invalid with `field`, quoting the place that is unknown or not closed.
  [[nodiscard]] static result::Result<AlertTemplate> parse(std::string_view text,
                                                           std::string_view field);
  AlertTemplate() = default;

  /// `zone`: what {time} adds to UTC. O(length), and a parse of the details when they are named.
  [[nodiscard]] std::string fill(const ports::Alert& alert, time::Duration zone) const;

 private:
  enum class Place { plain, id, kind, severity, subject, text, time, detail };
  struct Part {
    Place place = Place::plain;
    std::string text;  ///< plain text, or the detail's name
  };

  [[nodiscard]] static result::Result<Part> parse_place(std::string_view name,
                                                        std::string_view field);

  std::vector<Part> parts_;
};

/// `2024-08-08 09:30:05 KST`, or `UTC` when the zone adds nothing, or `+0530` else.
[[nodiscard]] std::string format_in_zone(time::Timestamp at, time::Duration zone);

}  // namespace hts::alerts
