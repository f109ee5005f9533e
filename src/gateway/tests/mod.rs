mod transaction;
