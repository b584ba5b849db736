#include "engine/alerts/alert_digest.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include "engine/json/utf8.hpp"

namespace hts::alerts {
namespace {

constexpr std::size_t longest_subject = 200;
constexpr std::size_t longest_line = 2'000;

int rank(const ports::Alert& alert) {
  if (is_critical(alert)) return 2;
  return alert.severity == "warning" ? 1 : 0;
}

/// Well-formed UTF-8 of at most `most` bytes; characters that could steer a terminal or a mail
/// become blanks, line ends stay when there may be several lines.
std::string tamed(std::string_view text, std::size_t most, bool has_lines) {
  std::string tame;
  while (!text.empty()) {
    const std::size_t length = json::utf8_length(text);
    const auto byte = static_cast<unsigned char>(text.front());
    const std::size_t taken = std::max<std::size_t>(length, 1);
    if (tame.size() + taken > most) return tame + "...";
    if (length == 0) {
      tame += '?';
    } else if ((byte < 0x20 || byte == 0x7F) && !(has_lines && byte == '\n')) {
      tame += ' ';
    } else {
      tame += text.substr(0, length);
    }
    text.remove_prefix(taken);
  }
  return tame;
}

struct Group {
  std::string key;
  const ports::Alert* first = nullptr;
  std::size_t more = 0;
};

std::vector<Group> groups_of(const std::vector<ports::Alert>& alerts) {
  std::vector<Group> groups;
  for (const ports::Alert& alert : alerts) {
    std::string key = key_of(alert);
    const auto found =
        std::ranges::find_if(groups, [&](const Group& group) { return group.key == key; });
    if (found == groups.end()) {
      groups.push_back({std::move(key), &alert, 0});
    } else {
      ++found->more;
    }
  }
  return groups;
}

}  // namespace

std::string key_of(const ports::Alert& alert) {
  return alert.kind + '\n' + alert.subject;
}

ports::AlertMessage make_message(const AlertPlan& plan, std::vector<ports::Alert> alerts) {
  ports::AlertMessage message;
  const auto groups = groups_of(alerts);
  const auto worst = std::ranges::max_element(
      groups, [](const Group& a, const Group& b) { return rank(*a.first) < rank(*b.first); });
  message.subject = tamed(plan.subject.fill(*worst->first, plan.zone), longest_subject, false);
  if (alerts.size() > 1) {
    message.subject += " (and " + std::to_string(alerts.size() - 1) + " more)";
  }
  for (const Group& group : groups) {
    if (!message.text.empty()) message.text += '\n';
    message.text += tamed(plan.line.fill(*group.first, plan.zone), longest_line, true);
    if (group.more > 0) message.text += " ... and " + std::to_string(group.more) + " more";
  }
  message.alerts = std::move(alerts);
  return message;
}

}  // namespace hts::alerts
