using LLama.Native;

namespace Ansatz.LocalModels;

/// <summary>Lets through only tokens that a GBNF grammar allows next.</summary>
internal sealed class GrammarGate : IDisposable
{
    private readonly SafeLLamaSamplerChainHandle _chain;
    private LLamaTokenData[] _all = [];

    /// <exception cref="InputException">The grammar cannot be read.</exception>
    public GrammarGate(SafeLlamaModelHandle model, string grammar)
    {
        _chain = SafeLLamaSamplerChainHandle.Create(LLamaSamplerChainParams.Default());

        // Where llama.cpp cannot read a grammar, LLamaSharp adds a null pointer to the chain, and the process dies when the chain is used. The complaint in the
        // log is all that tells.
        NativeEngine.ForgetErrors();
        _chain.AddGrammar(model, grammar, "root");
        if (NativeEngine.FirstError is { Length: > 0 } error)
        {
            _chain.Dispose();
            throw new InputException($"The grammar cannot be read as GBNF with a rule named root (llama.cpp says: {error}).");
        }
    }

    /// <summary>Draws a token that the grammar allows, and goes on behind it.</summary>
    /// <remarks>Drawing first and filtering only after a refusal gives the same distribution as filtering first, and is rarely slow.</remarks>
    public LLamaToken Next(TokenSampler sampler, Span<float> logits)
    {
        LLamaToken token = sampler.Next(logits);
        LLamaTokenData[] one = [new(token, logits[(int)token], 0)];
        Filter(one);
        if (float.IsNegativeInfinity(one[0].Logit))
        {
            if (_all.Length < logits.Length)
            {
                _all = new LLamaTokenData[logits.Length];
            }

            for (int i = 0; i < logits.Length; i++)
            {
                _all[i] = new(i, logits[i], 0);
            }

            Filter(_all);
            foreach (LLamaTokenData data in _all)
            {
                logits[(int)data.ID] = data.Logit;
            }

            token = sampler.Next(logits);
        }

        return token;
    }

    /// <summary>Tells the grammar which token was taken.</summary>
    public void Accept(LLamaToken token) => _chain.Accept(token);

    public void Dispose() => _chain.Dispose();

    private void Filter(LLamaTokenData[] candidates)
    {
        LLamaTokenDataArray array = new(candidates, isSorted: false);
        using System.Buffers.MemoryHandle pin = LLamaTokenDataArrayNative.Create(array, out LLamaTokenDataArrayNative native);
        _chain.Apply(ref native);
    }
}
