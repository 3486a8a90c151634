"""Text towers from a folder, here small ones with random weights in the published layout."""

import json
import logging
import subprocess
import sys

import numpy as np
import pytest
import torch
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
from transformers import (
    BertConfig,
    BertModel,
    CLIPConfig,
    CLIPModel,
    CLIPTextModelWithProjection,
    PreTrainedTokenizerFast,
    SiglipConfig,
    SiglipModel,
)
from transformers.utils import logging as transformers_logging

from lasso3d.core.errors import CheckpointError, MissingExtra
from lasso3d.foundation import towers
from lasso3d.foundation.__main__ import main
from lasso3d.foundation.table import read_table
from lasso3d.foundation.towers import text_encoder

WORDS = ("[PAD]", "[START]", "[END]", "[?]", "a", "the", "red", "chair", "sofa", "near", "window")
PAD, START, END, UNKNOWN = range(4)
TEXTS = ("the red chair", "sofa", "a chair near the window", "")
LAYERS = {"hidden_size": 16, "intermediate_size": 24, "num_hidden_layers": 2, "num_attention_heads": 2}
SEEN = LAYERS | {"image_size": 8, "patch_size": 4}
READ = LAYERS | {"vocab_size": len(WORDS), "pad_token_id": PAD, "bos_token_id": START, "eos_token_id": END}


def write_tokenizer(folder, *, longest, marks="[START] $A [END]"):
    inner = Tokenizer(models.WordLevel({word: i for i, word in enumerate(WORDS)}, unk_token="[?]"))
    inner.normalizer = normalizers.Lowercase()
    inner.pre_tokenizer = pre_tokenizers.Whitespace()
    inner.post_processor = processors.TemplateProcessing(
        single=marks, special_tokens=[("[START]", START), ("[END]", END)]
    )
    special = {"unk_token": "[?]", "pad_token": "[PAD]", "bos_token": "[START]", "eos_token": "[END]"}
    PreTrainedTokenizerFast(tokenizer_object=inner, model_max_length=longest, **special).save_pretrained(folder)


def write_clip(folder):
    torch.manual_seed(1)
    text = READ | {"max_position_embeddings": 8, "projection_dim": 12}
    model = CLIPModel(CLIPConfig(text_config=text, vision_config=SEEN | {"projection_dim": 12}, projection_dim=12))
    model.save_pretrained(folder)
    write_tokenizer(folder, longest=8)
    (folder / "README.md").write_text("---\nlanguage: en\nlicense: mit\n---\n# A tower\n")
    return model.eval()


def write_siglip(folder):
    torch.manual_seed(2)
    text = READ | {"max_position_embeddings": 6, "projection_size": 16}
    model = SiglipModel(SiglipConfig(text_config=text, vision_config=SEEN))
    model.save_pretrained(folder)
    write_tokenizer(folder, longest=6, marks="$A [END]")
    return model.eval()


def write_sentences(folder, pooling):
    torch.manual_seed(3)
    model = BertModel(BertConfig(**READ, max_position_embeddings=9))
    model.save_pretrained(folder)
    write_tokenizer(folder, longest=512)
    (folder / "1_Pooling").mkdir()
    (folder / "1_Pooling/config.json").write_text(json.dumps(pooling))
    kinds = [{"type": f"sentence_transformers.models.{name}"} for name in ("Transformer", "Pooling", "Normalize")]
    (folder / "modules.json").write_text(json.dumps(kinds))
    (folder / "sentence_bert_config.json").write_text('{"max_seq_length": 7}')
    return model.eval()


def ids(text, longest, *, start=True):
    tokens = [WORDS.index(word) for word in text.split()][: longest - 1 - start]
    return [START] * start + tokens + [END]


def unit(rows):
    return torch.nn.functional.normalize(rows, dim=-1).numpy()


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    folder = tmp_path_factory.mktemp("toy-clip")
    write_clip(folder)
    return folder


@torch.inference_mode()
def test_clip_is_the_projected_state_of_the_end_mark_padded_or_not(tmp_path):
    model, rows = write_clip(tmp_path), text_encoder(tmp_path)(TEXTS)
    assert rows.shape == (4, 12)
    for row, text in zip(rows, TEXTS, strict=True):
        tokens = ids(text, 8)
        for padding in (0, 8 - len(tokens)):
            told = model.get_text_features(torch.tensor([tokens + [END] * padding]))
            expected = unit(getattr(told, "pooler_output", told))[0]
            np.testing.assert_allclose(row, expected, atol=1e-6)


def test_a_tower_without_its_image_half_gives_these_vectors_too(clip, tmp_path):
    with towers._quietly():
        CLIPTextModelWithProjection.from_pretrained(clip).save_pretrained(tmp_path)
    write_tokenizer(tmp_path, longest=8)
    np.testing.assert_allclose(text_encoder(tmp_path)(TEXTS), text_encoder(clip)(TEXTS), atol=1e-6)


@torch.inference_mode()
def test_siglip_is_the_last_place_of_the_padded_text(tmp_path):
    model, rows = write_siglip(tmp_path), text_encoder(tmp_path)(TEXTS)
    for row, text in zip(rows, TEXTS, strict=True):
        tokens = ids(text, 6, start=False)
        told = model.get_text_features(torch.tensor([tokens + [PAD] * (6 - len(tokens))]))
        np.testing.assert_allclose(row, unit(getattr(told, "pooler_output", told))[0], atol=1e-6)


@pytest.mark.parametrize("pooling", [{"pooling_mode": "cls"}, {"pooling_mode_cls_token": True, "x": False}])
@torch.inference_mode()
def test_a_sentence_encoder_is_pooled_as_its_folder_says(tmp_path, pooling):
    model, rows = write_sentences(tmp_path, pooling), text_encoder(tmp_path)((*TEXTS, "red " * 20))
    for row, text in zip(rows, (*TEXTS, "red " * 20), strict=True):
        state = model(torch.tensor([ids(text, 7)])).last_hidden_state
        np.testing.assert_allclose(row, unit(state[:, 0])[0], atol=1e-6)


def test_a_pooling_not_known_is_refused(tmp_path):
    write_sentences(tmp_path, {"pooling_mode": ["mean", "max"]})
    with pytest.raises(CheckpointError, match=r"pooling mean and max is not known"):
        text_encoder(tmp_path)


def test_a_vector_depends_on_its_text_alone(clip):
    encoder = text_encoder(clip)
    together = encoder.embed(TEXTS)
    for row, text in zip(together, TEXTS, strict=True):
        np.testing.assert_array_equal(encoder.embed((text,))[0], row)
    np.testing.assert_array_equal(text_encoder(clip)(TEXTS), together)
    np.testing.assert_allclose(np.linalg.norm(together, axis=1), 1, atol=1e-6)


def test_the_encoder_knows_its_name_licence_and_files(clip, tmp_path):
    encoder = text_encoder(clip)
    assert (encoder.name, encoder.licence, encoder.width) == (clip.name, "mit", 12)
    assert text_encoder(clip).digest == encoder.digest
    write_clip(tmp_path)
    assert text_encoder(tmp_path).digest == encoder.digest
    (tmp_path / "README.md").unlink()
    write_tokenizer(tmp_path, longest=7)
    other = text_encoder(tmp_path)
    assert (other.digest != encoder.digest, other.licence) == (True, "not said")


def test_a_folder_of_something_else_is_refused(tmp_path):
    with pytest.raises(CheckpointError, match=r"config.json: cannot be read.*CLIP, SigLIP"):
        text_encoder(tmp_path)
    (tmp_path / "config.json").write_text('{"model_type": "llama"}')
    with pytest.raises(CheckpointError, match="a model of type llama is no text tower known here"):
        text_encoder(tmp_path)


@pytest.mark.parametrize("lost", ["model.safetensors", "tokenizer.json"])
def test_a_folder_with_a_file_missing_is_refused(tmp_path, lost):
    write_clip(tmp_path)
    (tmp_path / lost).unlink()
    with pytest.raises(CheckpointError, match="the text tower cannot be read"):
        text_encoder(tmp_path)


def test_weights_that_are_missing_are_refused_rather_than_drawn_by_chance(tmp_path):
    write_clip(tmp_path)
    config = json.loads((tmp_path / "config.json").read_text())
    config["text_config"]["num_hidden_layers"] = 3
    (tmp_path / "config.json").write_text(json.dumps(config))
    with pytest.raises(CheckpointError, match=r"16 weights are missing or of another shape, text_model.*layers\.2"):
        text_encoder(tmp_path)


def test_without_transformers_the_error_says_what_to_install(clip, monkeypatch):
    monkeypatch.setitem(sys.modules, "transformers", None)
    with pytest.raises(MissingExtra, match="the text tower needs transformers; pip install transformers"):
        text_encoder(clip)


def test_loading_says_nothing_and_leaves_the_settings_of_transformers_alone(clip, capfd):
    transformers_logging.set_verbosity(logging.INFO)
    try:
        text_encoder(clip)
        assert transformers_logging.get_verbosity() == logging.INFO
        assert transformers_logging.is_progress_bar_enabled()
    finally:
        transformers_logging.set_verbosity_warning()
    assert capfd.readouterr() == ("", "")


def test_no_connection_is_opened(clip):
    code = f"""
import sys
from pathlib import Path
calls = []
sys.addaudithook(lambda event, given: calls.append(event) if event.startswith("socket.") else None)
from lasso3d.foundation.towers import text_encoder
text_encoder(Path({str(clip)!r}))(("couch", "sofa"))
print(calls)
"""
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("[]\n", "")


def test_the_kinds_that_need_no_pooling_file_have_their_projection():
    assert set(towers.PROJECTED) == set(towers.KINDS.values())


def test_the_command_takes_a_tower(clip, tmp_path):
    (tmp_path / "texts").write_text("the red chair\nsofa")
    given = ["--out", str(tmp_path / "table"), "--texts", str(tmp_path / "texts"), "--tower", str(clip)]
    assert main(given) == 0
    np.testing.assert_array_equal(read_table(tmp_path / "table")(TEXTS[:2]), text_encoder(clip)(TEXTS[:2]))
