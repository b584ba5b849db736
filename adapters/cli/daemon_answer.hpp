#pragma once

#include <string>

#include <boost/json/object.hpp>

#include "adapters/cli/command.hpp"
#include "adapters/daemon_client/daemon_client.hpp"

/// Answers of a daemon's API as commands read them.
namespace hts::cli {

/// The sentence of a problem document, or the bare status.
[[nodiscard]] std::string problem_text(const daemon_client::Answer& answer);

/// The document of an answer of status 200 or 202. Errors: those of the exchange; of a refusal its
/// sentence, with the code that decides the exit status; malformed when it is not the API's.
[[nodiscard]] result::Result<boost::json::object> document_of(
    const result::Result<daemon_client::Answer>& answer);

/// Wrong usage: what was typed has to change.
[[nodiscard]] ExitStatus exit_status_of(const result::Error& error);

/// What the daemon answered to a job that it accepted.
void print_accepted(const boost::json::object& accepted, bool as_json,
                    CommandEnvironment& environment);

/// A member's text; "-" for null or none; JSON for what is no text.
[[nodiscard]] std::string member_text(const boost::json::object& object, const char* name);
/// A member's number; 0 for none.
[[nodiscard]] double member_number(const boost::json::object& object, const char* name);

}  // namespace hts::cli
