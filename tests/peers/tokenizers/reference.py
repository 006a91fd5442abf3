"""The originals' answers: reads one job as JSON from standard input, writes the result as JSON.

Used by tests/peers/tokenizers.test.ts and by tests/tokenizers/golden/make.ts. Needs tiktoken, tokenizers,
sentencepiece and transformers. Characters are counted as Python does, in code points.
"""
import base64
import json
import re
import sys
import tempfile


def tiktoken_answers(job):
    """Ids of texts and of bytes under OpenAI's encodings, from rank files on disk."""
    import tiktoken
    from tiktoken_ext import openai_public

    def read_ranks(name):
        with open(job["rankFiles"][name]) as lines:
            return {base64.b64decode(token): int(rank) for token, rank in map(str.split, lines)}

    openai_public.load_tiktoken_bpe = lambda url, expected_hash: read_ranks(url.split("/")[-1].split(".")[0])
    openai_public.data_gym_to_mergeable_bpe_ranks = lambda **_: read_ranks("r50k_base")
    answers = {}
    for name in job["names"]:
        encoding = tiktoken.Encoding(**openai_public.ENCODING_CONSTRUCTORS[name]())
        answers[name] = {
            "plain": [encoding.encode_ordinary(text) for text in job["texts"]],
            "special": [encoding.encode(text, allowed_special="all") for text in job["texts"]],
            "bytes": [encoding._encode_bytes(base64.b64decode(blob)) for blob in job.get("bytes", [])],
        }
    return answers


def hugging_face_cases(corpus, size):
    """tokenizer.json objects that between them use every kind of part, trained on the corpus."""
    from tokenizers import AddedToken, Regex, Tokenizer
    from tokenizers import decoders as D, models as M, normalizers as N
    from tokenizers import pre_tokenizers as P, processors as O, trainers as T

    cases = {}
    # The suffix array behind the Unigram trainer crashes on rare characters.
    plain = [re.sub("[\x00-\x08\x0b-\x1f\ue000-\uffff\U00010000-\U0010ffff]", "", text) for text in corpus]
    bert_tokens = ["[UNK]", "[CLS]", "[SEP]", "[PAD]", "[MASK]"]
    wordpiece = lambda: T.WordPieceTrainer(vocab_size=size, special_tokens=bert_tokens, show_progress=False, limit_alphabet=size // 4)
    bytes_bpe = lambda: T.BpeTrainer(vocab_size=size + 256, special_tokens=["<s>", "</s>", "<unk>", "<|endoftext|>"], initial_alphabet=P.ByteLevel.alphabet(), show_progress=False)
    unigram = lambda: T.UnigramTrainer(vocab_size=size * 2 + 800, special_tokens=["<unk>", "<s>", "</s>"], unk_token="<unk>", show_progress=False)
    words = lambda: T.WordLevelTrainer(vocab_size=size, special_tokens=bert_tokens, show_progress=False)
    byte_bpe_words = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}DIGITS| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
    cut = lambda digits: P.Sequence([P.Split(Regex(byte_bpe_words.replace("DIGITS", digits)), "isolated"), P.ByteLevel(add_prefix_space=False, use_regex=False)])

    def bert_frame(tokenizer):
        special = [(token, tokenizer.token_to_id(token)) for token in ("[CLS]", "[SEP]")]
        return O.TemplateProcessing(single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=special)

    def add(name, model, trainer, normalizer=None, cutter=None, decoder=None, frame=None, added=(), finish=None):
        tokenizer = Tokenizer(model)
        if normalizer:
            tokenizer.normalizer = normalizer
        if cutter:
            tokenizer.pre_tokenizer = cutter
        if decoder:
            tokenizer.decoder = decoder
        tokenizer.train_from_iterator(plain if isinstance(model, M.Unigram) else corpus, trainer)
        tokenizer.add_tokens(list(added))
        if frame:
            tokenizer.post_processor = frame(tokenizer)
        if finish:
            finish(tokenizer)
        cases[name] = json.loads(tokenizer.to_str())

    add("bert-uncased", M.WordPiece(unk_token="[UNK]"), wordpiece(), N.BertNormalizer(lowercase=True), P.BertPreTokenizer(), D.WordPiece(), bert_frame)
    add("bert-cased", M.WordPiece(unk_token="[UNK]"), wordpiece(), N.BertNormalizer(lowercase=False), P.BertPreTokenizer(), D.WordPiece(cleanup=False),
        lambda t: O.BertProcessing(("[SEP]", t.token_to_id("[SEP]")), ("[CLS]", t.token_to_id("[CLS]"))),
        [AddedToken("Ishmael", single_word=True), AddedToken("<lr>", lstrip=True, rstrip=True), AddedToken("été", normalized=True)])
    add("gpt2", M.BPE(), bytes_bpe(), None, P.ByteLevel(add_prefix_space=False), D.ByteLevel(), lambda t: O.ByteLevel(trim_offsets=True))
    add("roberta", M.BPE(), bytes_bpe(), None, P.ByteLevel(add_prefix_space=True), D.ByteLevel(), lambda t: O.RobertaProcessing(("</s>", 1), ("<s>", 0)), [AddedToken("<mask>", lstrip=True)])
    add("llama3", M.BPE(ignore_merges=True), bytes_bpe(), None, cut("{1,3}"), D.ByteLevel(),
        lambda t: O.Sequence([O.ByteLevel(trim_offsets=False), O.TemplateProcessing(single="<s> $A", pair="<s> $A <s> $B:1", special_tokens=[("<s>", 0)])]))
    add("qwen2", M.BPE(), bytes_bpe(), N.NFC(), cut(""), D.ByteLevel(), lambda t: O.ByteLevel(trim_offsets=False))
    add("deepseek", M.BPE(), bytes_bpe(), None,
        P.Sequence([P.Split(Regex(r"[\r\n]"), "isolated"), P.Split(Regex(r"\s?\p{L}+"), "isolated"), P.Split(Regex(r"\s?\p{P}+"), "isolated"), P.Split(Regex("[一-龥ࠀ-一가-퟿]+"), "isolated"), P.Digits(individual_digits=True), P.ByteLevel(add_prefix_space=False, use_regex=False)]), D.ByteLevel())
    add("llama2", M.BPE(unk_token="<unk>", fuse_unk=True, byte_fallback=True),
        T.BpeTrainer(vocab_size=size + 300, special_tokens=["<unk>", "<s>", "</s>"] + ["<0x%02X>" % byte for byte in range(256)], show_progress=False, limit_alphabet=size // 4),
        N.Sequence([N.Prepend("▁"), N.Replace(" ", "▁")]), None, D.Sequence([D.Replace("▁", " "), D.ByteFallback(), D.Fuse(), D.Strip(" ", 1, 0)]),
        lambda t: O.TemplateProcessing(single="<s> $A", pair="<s> $A <s>:1 $B:1", special_tokens=[("<s>", 1)]))
    add("clip", M.BPE(unk_token="<unk>", end_of_word_suffix="</w>"), T.BpeTrainer(vocab_size=size, special_tokens=["<unk>"], end_of_word_suffix="</w>", show_progress=False, limit_alphabet=size // 8),
        N.Sequence([N.NFC(), N.Replace(Regex(r"\s+"), " "), N.Lowercase()]), P.Split(Regex(r"'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"), "removed", invert=True), D.BPEDecoder())
    add("prefix", M.BPE(unk_token="<unk>", continuing_subword_prefix="@@"), T.BpeTrainer(vocab_size=size, special_tokens=["<unk>"], continuing_subword_prefix="@@", show_progress=False, limit_alphabet=size // 8), N.NFKD(), P.Whitespace())
    add("xlnet", M.Unigram(), unigram(), N.Sequence([N.Replace("``", '"'), N.NFKD(), N.StripAccents(), N.Lowercase()]), P.Metaspace(), D.Metaspace())
    add("t5", M.Unigram(), unigram(), N.NFKC(), P.Sequence([P.WhitespaceSplit(), P.Metaspace(prepend_scheme="always")]), D.Metaspace(), lambda t: O.TemplateProcessing(single="$A </s>", pair="$A </s> $B </s>", special_tokens=[("</s>", 2)]))
    add("metaspace-first", M.Unigram(), unigram(), N.Nmt(), P.Metaspace(), D.Metaspace(prepend_scheme="first"), added=["<extra>"])
    cases["metaspace-first"]["pre_tokenizer"].update(prepend_scheme="first", split=False)
    add("wordlevel", M.WordLevel(unk_token="[UNK]"), words(), N.Sequence([N.NFD(), N.Strip()]), P.Sequence([P.Punctuation("contiguous"), P.WhitespaceSplit(), P.Digits()]))
    add("scripts", M.WordLevel(unk_token="[UNK]"), words(), None, P.Sequence([P.UnicodeScripts(), P.FixedLength(3)]))
    add("delimiters", M.WordLevel(unk_token="[UNK]"), words(), N.StripAccents(), P.Sequence([P.CharDelimiterSplit("-"), P.Split(" ", "merged_with_next"), P.Split("e", "merged_with_previous")]))

    def limit_right(tokenizer):
        tokenizer.enable_truncation(12)
        tokenizer.enable_padding(pad_id=3, pad_token="[PAD]", pad_to_multiple_of=4)

    def limit_left(tokenizer):
        tokenizer.enable_truncation(9, direction="left")
        tokenizer.enable_padding(direction="left", pad_id=3, pad_token="[PAD]", length=16)

    for name, limit in (("limits-right", limit_right), ("limits-left", limit_left)):
        add(name, M.WordPiece(unk_token="[UNK]"), wordpiece(), N.BertNormalizer(), P.BertPreTokenizer(), D.WordPiece(), bert_frame, finish=limit)
    return cases


def hugging_face_encodings(file, texts):
    """What Tokenizer.encode says of each text, of some pairs, and with control tokens read as text."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_str(json.dumps(file))
    answers = []
    for index, text in enumerate(texts):
        encoding = tokenizer.encode(text)
        answer = {
            "ids": encoding.ids,
            "offsets": encoding.offsets,
            "typeIds": encoding.type_ids,
            "attentionMask": encoding.attention_mask,
            "specialMask": encoding.special_tokens_mask,
            "decoded": tokenizer.decode(encoding.ids, skip_special_tokens=False),
            "skipped": tokenizer.decode(encoding.ids, skip_special_tokens=True),
        }
        if index % 5 == 1:
            pair = tokenizer.encode(text, texts[index - 1])
            answer["pair"] = {"ids": pair.ids, "typeIds": pair.type_ids}
        answers.append(answer)
    tokenizer.encode_special_tokens = True
    for text, answer in zip(texts, answers):
        answer["plain"] = tokenizer.encode(text, add_special_tokens=False).ids
    return answers


def hugging_face_answers(job):
    files = job["files"] if "files" in job else hugging_face_cases(job["corpus"], job["size"])
    return {name: {"file": file, "encodings": hugging_face_encodings(file, job["texts"])} for name, file in files.items()}


def sentencepiece_answers(job):
    """Models of several kinds trained on the corpus, with their ids and decoded texts."""
    import sentencepiece

    kinds = {
        "unigram": dict(model_type="unigram"),
        "unigram-bytes": dict(model_type="unigram", byte_fallback=True, character_coverage=0.98),
        "unigram-user": dict(model_type="unigram", user_defined_symbols=["<mask>", "Ishmael"], character_coverage=0.99),
        "unigram-casefold": dict(model_type="unigram", normalization_rule_name="nmt_nfkc_cf", add_dummy_prefix=False, character_coverage=0.99),
        "bpe": dict(model_type="bpe", character_coverage=0.99),
        "bpe-bytes": dict(model_type="bpe", byte_fallback=True, character_coverage=0.98, normalization_rule_name="identity", remove_extra_whitespaces=False, split_digits=True),
        "bpe-user-suffix": dict(model_type="bpe", user_defined_symbols=["<mask>", "Ishmael"], character_coverage=0.99, treat_whitespace_as_suffix=True),
    }
    answers = {}
    with tempfile.TemporaryDirectory() as folder:
        corpus = f"{folder}/corpus.txt"
        with open(corpus, "w", encoding="utf-8") as file:
            file.writelines(re.sub("[\n\0]", " ", text) + "\n" for text in job["corpus"])
        for name in job.get("kinds", kinds):
            prefix = f"{folder}/{name}"
            sentencepiece.SentencePieceTrainer.train(input=corpus, model_prefix=prefix, vocab_size=job["size"], hard_vocab_limit=False, minloglevel=2, **kinds[name])
            processor = sentencepiece.SentencePieceProcessor(model_file=f"{prefix}.model")
            ids = [processor.encode(text) for text in job["texts"]]
            with open(f"{prefix}.model", "rb") as file:
                model = base64.b64encode(file.read()).decode()
            answers[name] = {"model": model, "ids": ids, "decoded": [processor.decode(row) for row in ids]}
    return answers


def trained_merges(job):
    """The merges and vocabulary that BpeTrainer learns."""
    from tokenizers import Regex, Tokenizer, models, pre_tokenizers, trainers

    tokenizer = Tokenizer(models.BPE())
    bytes_only = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.Split(Regex(job["pattern"]), "isolated"), bytes_only])
    trainer = trainers.BpeTrainer(vocab_size=job["size"], min_frequency=job["minFrequency"], special_tokens=job["special"], initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False)
    tokenizer.train_from_iterator(job["texts"], trainer)
    model = json.loads(tokenizer.to_str())["model"]
    return {"vocab": model["vocab"], "merges": model["merges"]}


def rendered_chats(job):
    """Chat templates as transformers renders them."""
    from transformers.utils.chat_template_utils import render_jinja_template

    rendered = []
    for chat in job["chats"]:
        texts, _ = render_jinja_template(conversations=[chat["messages"]], chat_template=chat["template"], add_generation_prompt=chat["prompt"], bos_token=chat["begin"], eos_token=chat["end"])
        rendered.append(texts[0])
    return rendered


COMMANDS = {
    "tiktoken": tiktoken_answers,
    "hugging-face": hugging_face_answers,
    "sentencepiece": sentencepiece_answers,
    "train": trained_merges,
    "chats": rendered_chats,
}

if __name__ == "__main__":
    request = json.load(sys.stdin)
    json.dump(COMMANDS[request["command"]](request), sys.stdout)
