#include "adapters/http/run_request.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <utility>

#include "adapters/http/body_members.hpp"
#include "adapters/http/portfolio_request.hpp"
#include "adapters/json/parameters_json.hpp"

namespace hts::http {
namespace {

using boost::json::object;
using boost::json::value;
using result::ErrorCode;
using result::make_error;
using result::Result;
using result::Status;

constexpr double longest_timeout_seconds = 86'400;

Status read_required_text(const object& body, std::string_view name, std::string_view example,
                          std::string& into) {
  if (member_of(body, name) == nullptr) return missing(name, example);
  return read_text(body, name, into);
}

Status read_symbols(const object& body, std::vector<std::string>& into) {
  constexpr std::string_view example = R"(["KRW-BTC"])";
  if (member_of(body, "symbols") == nullptr) return missing("symbols", example);
  return read_texts(body, "symbols", example, into);
}

Status read_params(const object& body, std::vector<strategies::NamedValue>& into) {
  const value* found = member_of(body, "params");
  if (found == nullptr) return result::success();
  auto params = json::parse_parameters(*found);
  if (!params.ok()) return std::move(params).error();
  into = std::move(params).value();
  return result::success();
}

}  // namespace

std::optional<Problem> refuse_media_type(std::string_view content_type, std::string_view body) {
  std::string_view type = content_type.substr(0, content_type.find(';'));
  while (type.ends_with(' ') || type.ends_with('\t')) type.remove_suffix(1);
  if (type.empty()) return std::nullopt;
  constexpr std::string_view suffix = "json";
  if (type.size() > suffix.size() &&
      equal_ignoring_case(type.substr(type.size() - suffix.size()), suffix) &&
      (type[type.size() - suffix.size() - 1] == '/' ||
       type[type.size() - suffix.size() - 1] == '+')) {
    return std::nullopt;
  }
  const bool sent_unasked = equal_ignoring_case(type, "text/plain") ||
                            equal_ignoring_case(type, "application/x-www-form-urlencoded") ||
                            equal_ignoring_case(type, "application/octet-stream");
  const std::size_t first = body.find_first_not_of(" \t\r\n");
  if (sent_unasked && first != std::string_view::npos && body[first] == '{') return std::nullopt;
  Problem problem;
  problem.status = 415;
  problem.kind = "unsupported-media-type";
  problem.detail = "The body must be JSON; send it with Content-Type: application/json.";
  problem.field = "Content-Type";
  return problem;
}

Status read_timeout(const object& body, std::optional<std::chrono::nanoseconds>& into) {
  const value* found = member_of(body, "timeout_seconds");
  if (found == nullptr) return result::success();
  const bool number = found->is_double() || found->is_int64() || found->is_uint64();
  const double seconds = number ? found->to_number<double>() : 0;
  if (!(seconds > 0 && seconds <= longest_timeout_seconds)) {
    return make_error(ErrorCode::invalid,
                      "timeout_seconds must be a number above 0 and at most 86400.",
                      "timeout_seconds");
  }
  into = std::chrono::nanoseconds{std::max<std::int64_t>(1, std::llround(seconds * 1e9))};
  return result::success();
}

Result<RunRequest> parse_run_request(std::string_view body) {
  const auto parsed = parse_object(body);
  if (!parsed.ok()) return parsed.error();
  return read_run_request(*parsed);
}

Result<RunRequest> read_run_request(const object& fields) {
  RunRequest request;
  backtest::RawBacktestRequest& raw = request.backtest;
  Status read = read_text(fields, "strategy", raw.strategy);
  if (read.ok()) read = read_portfolio_request(fields, raw);
  if (read.ok() && raw.strategy.empty()) {
    read = missing("strategy", "\"volume_long_candle\"");
  }
  if (read.ok()) read = read_params(fields, raw.params);
  if (read.ok()) read = read_symbols(fields, raw.symbols);
  if (read.ok()) read = read_required_text(fields, "start_date", "\"2024-01-01\"", raw.start_date);
  if (read.ok()) read = read_required_text(fields, "end_date", "\"2024-12-31\"", raw.end_date);
  if (read.ok()) read = read_text(fields, "timeframe", raw.timeframe);
  if (read.ok()) read = read_text(fields, "mode", raw.mode);
  if (read.ok()) read = read_text(fields, "description", raw.description);
  if (read.ok()) read = read_flag(fields, "fresh", raw.fresh);
  if (read.ok()) read = read_timeout(fields, request.timeout);
  if (!read.ok()) return read.error();
  return request;
}

Result<bool> parse_active_flag(std::string_view body) {
  const auto parsed = parse_object(body);
  if (!parsed.ok()) return parsed.error();
  const value* flag = member_of(*parsed, "is_active");
  if (flag == nullptr) return missing("is_active", "{\"is_active\": false}");
  if (!flag->is_bool()) {
    return make_error(ErrorCode::invalid, "is_active must be true or false.", "is_active");
  }
  return flag->get_bool();
}

Result<std::string> parse_run_id(std::string_view text) {
  constexpr std::size_t length = 36;
  std::string id;
  for (const char character : text.substr(0, length)) {
    const std::size_t place = id.size();
    const bool is_dash = place == 8 || place == 13 || place == 18 || place == 23;
    const bool is_hex = (character >= '0' && character <= '9') ||
                        (character >= 'a' && character <= 'f') ||
                        (character >= 'A' && character <= 'F');
    if (is_dash ? character != '-' : !is_hex) break;
    id.push_back(character >= 'A' && character <= 'F' ? static_cast<char>(character + 32)
                                                      : character);
  }
  if (id.size() != length || text.size() != length) {
    return make_error(ErrorCode::invalid,
                      "run_id must be a UUID such as 0f8fad5b-d9cb-469f-a165-70867728950e; "
                      "/api/backtests/history lists those there are.",
                      "run_id");
  }
  return id;
}

Result<std::uint64_t> parse_count(const std::optional<std::string>& text, std::string_view name,
                                  std::uint64_t fallback, std::uint64_t minimum,
                                  std::uint64_t maximum) {
  if (!text) return fallback;
  std::uint64_t number = 0;
  const char* end = text->data() + text->size();
  const auto [rest, error] = std::from_chars(text->data(), end, number);
  if (error != std::errc{} || rest != end || number < minimum || number > maximum) {
    return make_error(ErrorCode::invalid,
                      std::string{name} + " must be a whole number from " +
                          std::to_string(minimum) + " to " + std::to_string(maximum) + ".",
                      std::string{name});
  }
  return number;
}

}  // namespace hts::http
