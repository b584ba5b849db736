#include "adapters/cli/daemon_answer.hpp"

#include <ostream>
#include <utility>

#include <boost/json.hpp>

namespace hts::cli {

using result::ErrorCode;

std::string problem_text(const daemon_client::Answer& answer) {
  boost::system::error_code error;
  const auto body = boost::json::parse(answer.body, error);
  if (!error && body.is_object()) {
    const auto* detail = body.as_object().if_contains("detail");
    if (detail != nullptr && detail->is_string()) return std::string{detail->as_string()};
  }
  return "The daemon answered HTTP " + std::to_string(answer.status) + ": see its log.";
}

result::Result<boost::json::object> document_of(
    const result::Result<daemon_client::Answer>& answer) {
  if (!answer) return answer.error();
  if (answer->status != 200 && answer->status != 202) {
    ErrorCode code = ErrorCode::unavailable;
    if (answer->status == 400 || answer->status == 409) code = ErrorCode::conflict;
    if (answer->status == 404) code = ErrorCode::not_found;
    if (answer->status == 422) code = ErrorCode::invalid;
    return result::make_error(code, problem_text(*answer));
  }
  boost::system::error_code error;
  auto body = boost::json::parse(answer->body, error);
  if (error || !body.is_object()) {
    return result::make_error(ErrorCode::malformed,
                              "What answers there is not an HTS daemon: check --daemon.", "daemon");
  }
  return std::move(body.get_object());
}

ExitStatus exit_status_of(const result::Error& error) {
  return error.code == ErrorCode::invalid ? exit_usage : exit_failed;
}

void print_accepted(const boost::json::object& accepted, bool as_json,
                    CommandEnvironment& environment) {
  if (as_json) {
    environment.out << boost::json::serialize(accepted) << "\n";
    return;
  }
  const std::string id = member_text(accepted, "task_id");
  environment.out << "Accepted as " << id << ". 'hts jobs watch " << id << "' follows it.\n";
}

std::string member_text(const boost::json::object& object, const char* name) {
  const auto* found = object.if_contains(name);
  if (found == nullptr || found->is_null()) return "-";
  if (found->is_string()) return std::string{found->get_string()};
  return boost::json::serialize(*found);
}

double member_number(const boost::json::object& object, const char* name) {
  const auto* found = object.if_contains(name);
  return found != nullptr && found->is_number() ? found->to_number<double>() : 0;
}

}  // namespace hts::cli
