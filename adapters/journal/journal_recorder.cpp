#include "adapters/journal/journal_recorder.hpp"

#include "adapters/journal/record_codec.hpp"

namespace hts::journal {

void JournalRecorder::on_input(const runtime::InputRecord& input) noexcept {
  encode_input(input, payload_);
  last_ = writer_.append(payload_);
}

void JournalRecorder::on_command(std::string_view name, std::string_view bytes) noexcept {
  encode_command(name, bytes, payload_);
  last_ = writer_.append(payload_);
}

}  // namespace hts::journal
