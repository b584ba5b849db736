#include "actors/notifier.hpp"

namespace hts::actors {
namespace {

runtime::LogLevel level_of(Severity severity) {
  switch (severity) {
    case Severity::info:
      return runtime::LogLevel::info;
    case Severity::warning:
      return runtime::LogLevel::warning;
    case Severity::critical:
      return runtime::LogLevel::error;
  }
  return runtime::LogLevel::error;
}

}  // namespace

Notifier::Notifier(runtime::Context& context) : context_(context) {}

void Notifier::on(const Notice& notice) {
  context_.log(level_of(notice.severity), notice.kind + ": " + notice.text);
}

}  // namespace hts::actors
