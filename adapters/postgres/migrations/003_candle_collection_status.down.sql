DROP TABLE candle_collection_status;
