// A schedule file: what is accepted comes at times that go on, on whole minutes.
#include "engine/schedule/schedule_line.hpp"
#include "fuzz_input.hpp"

using hts::fuzz::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = hts::fuzz::text_of(data, size);
  const auto lines = hts::schedule::parse_schedule(text, "schedule");
  if (!lines) {
    require(!lines.error().message.empty());
  } else {
    for (const auto& line : *lines) {
      auto t = hts::time::Timestamp{};
      for (int times = 0; times < 3; ++times) {
        const auto next = line.cron.next_after(t, line.zone);
        if (!next) break;
        require(*next > t);
        t = *next;
      }
    }
  }
  if (const auto cron = hts::schedule::CronExpression::parse(text)) {
    const auto again = hts::schedule::CronExpression::parse(cron->text());
    require(again.ok() && again->text() == cron->text());
  }
  return 0;
}
