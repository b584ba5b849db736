#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/result/result.hpp"
#include "engine/runtime/recorder.hpp"

/// What a runtime's recorder is told, as payloads of journal records.
namespace hts::journal {

/// Into `payload`, whose memory is used again.
void encode_input(const runtime::InputRecord& input, std::string& payload);
void encode_command(std::string_view name, std::string_view bytes, std::string& payload);

struct Input {
  runtime::InputRecord record;  ///< views into the payload; `calls` and `refusal` are null
  std::optional<result::Error> refusal;
  std::vector<runtime::PortCall> calls;
};
struct Command {
  std::string_view name;
  std::string_view bytes;  ///< as `name`, a view into the payload
};

/// Nothing unless the payload is a well-formed one of its kind. The vector's memory is used again.
[[nodiscard]] bool decode_input(std::string_view payload, Input& input);
[[nodiscard]] std::optional<Command> decode_command(std::string_view payload);

}  // namespace hts::journal
