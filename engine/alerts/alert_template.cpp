#include "engine/alerts/alert_template.hpp"

#include <array>
#include <chrono>
#include <utility>

#include <boost/json/object.hpp>

#include "engine/json/json_text.hpp"

namespace hts::alerts {
namespace {

using result::Result;

constexpr std::string_view details_prefix = "details.";

result::Error refuse_template(std::string_view field, const std::string& why) {
  return result::make_error(result::ErrorCode::invalid,
                            std::string{field} + " " + why +
                                ": use {id}, {kind}, {severity}, {subject}, {text}, {time} or "
                                "{details.NAME}, and {{ for a brace.",
                            std::string{field});
}

/// Text of a member, as people read it; empty: there is none.
std::string detail_of(const result::Result<boost::json::value>& details, std::string_view name) {
  if (!details || !details->is_object()) return {};
  const auto* found = details->get_object().if_contains(name);
  if (found == nullptr || found->is_null()) return {};
  return found->is_string() ? std::string{found->get_string()} : json::to_text(*found);
}

void append_two(std::string& text, std::int64_t number) {
  if (number < 10) text += '0';
  text += std::to_string(number);
}

}  // namespace

Result<AlertTemplate::Part> AlertTemplate::parse_place(std::string_view name,
                                                       std::string_view field) {
  constexpr std::array<std::pair<std::string_view, Place>, 6> places = {{
      {"id", Place::id},
      {"kind", Place::kind},
      {"severity", Place::severity},
      {"subject", Place::subject},
      {"text", Place::text},
      {"time", Place::time},
  }};
  for (const auto& [known, place] : places) {
    if (name == known) return Part{place, {}};
  }
  if (name.starts_with(details_prefix) && name.size() > details_prefix.size()) {
    return Part{Place::detail, std::string{name.substr(details_prefix.size())}};
  }
  return refuse_template(field, "has the unknown place '{" + std::string{name} + "}'");
}

Result<AlertTemplate> AlertTemplate::parse(std::string_view text, std::string_view field) {
  AlertTemplate filled;
  std::string plain;
  const auto end_plain = [&] {
    if (!plain.empty()) filled.parts_.push_back({Place::plain, std::exchange(plain, {})});
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool is_doubled = i + 1 < text.size() && text[i + 1] == c;
    if ((c == '{' || c == '}') && is_doubled) {
      plain += c;
      ++i;
    } else if (c == '{') {
      const auto end = text.find('}', i);
      if (end == std::string_view::npos)
        return refuse_template(field, "has a '{' that is not closed");
      auto part = parse_place(text.substr(i + 1, end - i - 1), field);
      if (!part) return std::move(part).error();
      end_plain();
      filled.parts_.push_back(std::move(*part));
      i = end;
    } else if (c == '}') {
      return refuse_template(field, "has a '}' without its '{'");
    } else {
      plain += c;
    }
  }
  end_plain();
  return filled;
}

std::string AlertTemplate::fill(const ports::Alert& alert, time::Duration zone) const {
  std::string filled;
  std::optional<result::Result<boost::json::value>> details;
  for (const Part& part : parts_) {
    switch (part.place) {
      case Place::plain:
        filled += part.text;
        break;
      case Place::id:
        filled += alert.id;
        break;
      case Place::kind:
        filled += alert.kind;
        break;
      case Place::severity:
        filled += alert.severity;
        break;
      case Place::subject:
        filled += alert.subject;
        break;
      case Place::text:
        filled += alert.text;
        break;
      case Place::time:
        filled += format_in_zone(alert.created_at, zone);
        break;
      case Place::detail:
        if (!details) details.emplace(json::parse_json(alert.details));
        filled += detail_of(*details, part.text);
        break;
    }
  }
  return filled;
}

std::string format_in_zone(time::Timestamp at, time::Duration zone) {
  using namespace std::chrono;
  const auto local = floor<seconds>(at + zone);
  const auto day = floor<days>(local);
  const year_month_day date{day};
  const hh_mm_ss clock{local - day};
  std::string text = std::to_string(static_cast<int>(date.year())) + "-";
  append_two(text, static_cast<unsigned>(date.month()));
  text += '-';
  append_two(text, static_cast<unsigned>(date.day()));
  text += ' ';
  append_two(text, clock.hours().count());
  text += ':';
  append_two(text, clock.minutes().count());
  text += ':';
  append_two(text, clock.seconds().count());
  if (zone == time::kst_offset) return text + " KST";
  if (zone == time::Duration::zero()) return text + " UTC";
  text += zone < time::Duration::zero() ? " -" : " +";
  const auto whole = duration_cast<minutes>(abs(zone)).count();
  append_two(text, whole / 60);
  append_two(text, whole % 60);
  return text;
}

}  // namespace hts::alerts
