#include "adapters/redis/pipeline.hpp"

#include "adapters/journal/msgpack_writer.hpp"

namespace hts::redis {
namespace {

void append_length(std::string& out, char mark, std::size_t length) {
  out.push_back(mark);
  out.append(std::to_string(length));
  out.append("\r\n");
}

}  // namespace

void Pipeline::add(std::initializer_list<std::string_view> arguments) {
  begin();
  for (const std::string_view text : arguments) argument(text);
  end();
}

void Pipeline::begin() {
  arguments_.clear();
  count_ = 0;
}

void Pipeline::begin_packed() {
  is_packed_ = true;
  packed_.clear();
  packed_count_ = 0;
}

void Pipeline::argument(std::string_view text) {
  if (is_packed_) {
    journal::MsgpackWriter(packed_).text(text);
    ++packed_count_;
    return;
  }
  append_length(arguments_, '$', text.size());
  arguments_.append(text);
  arguments_.append("\r\n");
  ++count_;
}

void Pipeline::end() {
  if (is_packed_) {
    is_packed_ = false;
    std::string head;
    journal::MsgpackWriter(head).array(packed_count_);
    append_length(arguments_, '$', head.size() + packed_.size());
    arguments_.append(head);
    arguments_.append(packed_);
    arguments_.append("\r\n");
    ++count_;
  }
  append_length(bytes_, '*', count_);
  bytes_.append(arguments_);
  ends_.push_back(bytes_.size());
}

void Pipeline::append(const Pipeline& other) {
  const std::size_t offset = bytes_.size();
  bytes_.append(other.bytes_);
  for (const std::size_t end : other.ends_) ends_.push_back(offset + end);
}

std::string_view Pipeline::command(std::size_t index) const noexcept {
  const std::size_t first = index == 0 ? 0 : ends_[index - 1];
  return std::string_view(bytes_).substr(first, ends_[index] - first);
}

}  // namespace hts::redis
