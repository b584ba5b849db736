#include "adapters/alert_channels/email_channel.hpp"

#include <algorithm>
#include <utility>

#include "adapters/alert_channels/email_text.hpp"
#include "adapters/alert_channels/web_address.hpp"

namespace hts::alert_channels {
namespace {

using result::ErrorCode;
using result::make_error;
using result::Result;

bool is_plain_text(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) >= ' '; });
}

}  // namespace

Result<std::unique_ptr<EmailChannel>> EmailChannel::make(EmailOptions options) {
  const bool has_scheme =
      options.server.starts_with("smtp://") || options.server.starts_with("smtps://");
  if (!has_scheme || host_of(options.server).empty() ||
      !std::ranges::all_of(options.server, [](char c) { return c > ' ' && c < '\x7f'; })) {
    return make_error(ErrorCode::invalid,
                      "notify.email_server is no mail server: give smtp://host:587 or "
                      "smtps://host:465.",
                      "notify.email_server");
  }
  if (!is_mail_address(options.from)) {
    return make_error(
        ErrorCode::invalid,
        "notify.email_from is '" + options.from + "': give one address, hts@example.com.",
        "notify.email_from");
  }
  if (options.to.empty()) {
    return make_error(ErrorCode::invalid,
                      "notify.email_to names nobody: give addresses with commas between them.",
                      "notify.email_to");
  }
  for (const std::string& receiver : options.to) {
    if (is_mail_address(receiver)) continue;
    return make_error(ErrorCode::invalid,
                      "notify.email_to has '" + receiver +
                          "': give addresses like me@example.com with commas between them.",
                      "notify.email_to");
  }
  if (!is_plain_text(options.user) || !is_plain_text(options.password)) {
    return make_error(ErrorCode::invalid,
                      "The user or the password of the mail server has control characters: check "
                      "notify.email_user and its password file.",
                      "notify.email_user");
  }
  return std::unique_ptr<EmailChannel>{new EmailChannel{std::move(options)}};
}

result::Status EmailChannel::deliver(const ports::AlertMessage& message) {
  MailLetter letter;
  letter.url = options_.server;
  letter.user = options_.user;
  letter.password = options_.password;
  letter.from = options_.from;
  letter.to = options_.to;
  letter.text = letter_text(message, options_.from, options_.to, options_.now());
  auto refused = send_mail(options_.exchange, letter);
  if (!refused) return std::move(refused).error();
  if (*refused != refused_ && !refused->empty() && options_.on_problem) {
    std::string text = host_of(options_.server) + " refuses receivers of notify.email_to:";
    for (const std::string& receiver : *refused) text += " " + receiver;
    options_.on_problem(text + ". The others get the alerts; check these addresses.");
  }
  refused_ = *std::move(refused);
  return result::success();
}

}  // namespace hts::alert_channels
