#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "adapters/journal/journal_writer.hpp"
#include "engine/runtime/recorder.hpp"

namespace hts::journal {

/// Appends what a runtime's recorder is told to a journal. The writer outlives it.
class JournalRecorder final : public runtime::Recorder {
 public:
  explicit JournalRecorder(JournalWriter& writer) : writer_(writer) {}

  void on_input(const runtime::InputRecord& input) noexcept override;
  void on_command(std::string_view name, std::string_view bytes) noexcept override;

  /// Calls back once everything recorded so far is as safe as the journal's policy promises. Where
  /// the recorder is called; elsewhere "so far" may end a little later.
  void when_safe(std::function<void()> callback) {
    writer_.when_durable(last_, std::move(callback));
  }

 private:
  JournalWriter& writer_;
  std::string payload_;
  std::uint64_t last_ = 0;
};

}  // namespace hts::journal
