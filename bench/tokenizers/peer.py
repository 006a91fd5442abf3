"""Takes turns for tiktoken, tokenizers or rustbpe: `peer.py WHO JOB FILE [RANKS]`, see bench.ts."""
import base64
import sys

from turns import serve_turns

who, job, path = sys.argv[1:4]
kind, parameter = job.split(":")
with open(path, encoding="utf-8", newline="") as file:
    text = file.read()

GPT2 = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"


def tiktoken_encoding():
    import tiktoken
    from tiktoken_ext import openai_public

    def read_ranks(*_, **__):
        with open(sys.argv[4]) as lines:
            return {base64.b64decode(token): int(rank) for token, rank in map(str.split, lines)}

    openai_public.load_tiktoken_bpe = openai_public.data_gym_to_mergeable_bpe_ranks = read_ranks
    return tiktoken.Encoding(**openai_public.ENCODING_CONSTRUCTORS[parameter]())


def hugging_face_encoding():
    from tokenizers import Tokenizer
    from transformers.convert_slow_tokenizer import TikTokenConverter

    pattern = GPT2 if parameter == "gpt2" else tiktoken_encoding()._pat_str
    return Tokenizer.from_str(TikTokenConverter(sys.argv[4], pattern=pattern).converted().to_str())


def trainer():
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, trainers

    size = int(parameter)
    if kind == "bpe":
        model, cut, normalizer = models.BPE(), pre_tokenizers.ByteLevel(add_prefix_space=False), None
        learn = trainers.BpeTrainer(vocab_size=size, special_tokens=["<|endoftext|>"], initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False)
    elif kind == "wordpiece":
        model, cut, normalizer = models.WordPiece(unk_token="[UNK]"), pre_tokenizers.BertPreTokenizer(), normalizers.BertNormalizer()
        learn = trainers.WordPieceTrainer(vocab_size=size, special_tokens=["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"], show_progress=False)
    else:
        model, cut, normalizer = models.Unigram(), pre_tokenizers.Metaspace(), normalizers.NFKC()
        learn = trainers.UnigramTrainer(vocab_size=size, special_tokens=["<unk>", "<s>", "</s>"], unk_token="<unk>", show_progress=False)
    lines = [text] if kind == "bpe" else text.split("\n")

    def train():
        tokenizer = Tokenizer(model.__class__(unk_token="[UNK]") if kind == "wordpiece" else model.__class__())
        tokenizer.pre_tokenizer = cut
        if normalizer:
            tokenizer.normalizer = normalizer
        tokenizer.train_from_iterator(lines, learn)

    return train


def rust_bpe():
    import rustbpe

    return lambda: rustbpe.Tokenizer().train_from_iterator(iter([text]), int(parameter) - 1, pattern=GPT2)


def step():
    if who == "rustbpe":
        return rust_bpe()
    if kind not in ("encode", "decode"):
        return trainer()
    if who == "tokenizers":
        tokenizer = hugging_face_encoding()
        lines = text.split("\n")
        return lambda: tokenizer.encode_batch_fast(lines, add_special_tokens=False)
    encoding = tiktoken_encoding()
    if kind == "encode":
        return lambda: encoding.encode_ordinary(text)
    ids = encoding.encode_ordinary(text)
    return lambda: encoding.decode(ids)


run = step()
serve_turns({}, run)
